import type { Findings } from './findings';
import type { CutOutOptions } from './options';
import type { Encoded } from './pipeline/encode';
import type { Matte } from './raster';

/** The answer to one photo. */
export interface CutOutResult {
  readonly findings: Findings;
  /** The picture asked for; `null` when the verdict is `no_dress`. */
  readonly image: Encoded | null;
  /** The matte at the photo's upright size; `null` when the verdict is `no_dress`. */
  readonly matte: Matte | null;
}

/** Bytes of a photo in, the dress cut out of it: the one use-case, which every road calls. */
export type CutOut = (photo: Uint8Array, options: CutOutOptions) => Promise<CutOutResult>;
