import type { Find, Found } from './find';
import type { CutOutOptions } from './options';
import type { Encoded } from './pipeline/encode';
import { render } from './render';
import { stopwatch } from './stopwatch';

/** What was found in a photo, and the one picture of it that was asked for. */
export interface CutOutResult extends Found {
  /** `null` when the verdict is `no_dress`. */
  readonly image: Encoded | null;
}

/**
 * Bytes of a photo in, the dress cut out of it: find, then render.
 * @throws DresscutError; below 500 the photo or the options are at fault
 */
export type CutOut = (bytes: Uint8Array, options: CutOutOptions) => Promise<CutOutResult>;

export function createCutOut(find: Find): CutOut {
  return async (bytes, options) => {
    const found = await find(bytes, options);
    if (found.matte === null) return { ...found, image: null };
    const { milliseconds, timed } = stopwatch(found.findings.milliseconds);
    const image = await render(found, options, timed);
    return { ...found, image, findings: { ...found.findings, milliseconds } };
  };
}
