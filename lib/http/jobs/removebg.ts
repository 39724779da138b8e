import type { Find, FindOptions, Found } from '../../find';
import { type Findings, noDress } from '../../findings';
import { boundingBox } from '../../pipeline/box';
import type { Dress } from '../../pipeline/canvas';
import type { Box } from '../../raster';
import { drawAs, type File } from '../removebg/draw';
import { regionOf } from '../removebg/geometry';
import type { RemovebgOptions } from '../removebg/options';

export interface RemovebgChoice {
  readonly options: RemovebgOptions;
  /** Whether the picture goes out as base64 in JSON. */
  readonly json: boolean;
}

export interface RemovebgAnswer extends Omit<File, 'bytes'> {
  readonly findings: Findings;
  /** What of the dress lies inside the region of interest, in pixels of the photo. */
  readonly box: Box;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Of the picture itself. */
  readonly bytes: number;
  /** That drawing took. */
  readonly milliseconds: number;
}

/** Who calls this route wants a cut-out, not a verdict. */
const DRESS: FindOptions = { mode: 'default', expect: 'dress' };

/** A dress on the canvas that remove.bg would answer with. */
export function createRemovebg(find: Find) {
  return async (photo: Uint8Array, { options, json }: RemovebgChoice): Promise<RemovebgAnswer> => {
    const { findings, dress, box } = locate(await find(photo, DRESS), options);
    const start = performance.now();
    const { bytes, ...file } = await drawAs(options, dress, box);
    const milliseconds = performance.now() - start;
    return { findings, box, ...file, body: json ? inJson(bytes, box) : bytes, bytes: bytes.length, milliseconds };
  };
}

function locate({ photo, matte, findings }: Found, { roi }: RemovebgOptions) {
  const box =
    matte !== null && roi !== undefined
      ? boundingBox({ ...matte, data: matte.alpha }, 0, regionOf(matte, roi))
      : findings.box;
  const dress: Dress | null = matte === null ? null : { photo, matte };
  if (dress !== null && box !== null) return { findings, dress, box };
  const where = matte !== null ? 'inside the roi' : 'in the photo';
  const message = `Could not find a dress ${where}. This service cuts dresses out, no other foreground.`;
  throw noDress(findings, 'dress', message);
}

function inJson(bytes: Uint8Array, box: Box): Uint8Array<ArrayBuffer> {
  const data = {
    result_b64: Buffer.from(bytes).toString('base64'),
    foreground_top: box.top,
    foreground_left: box.left,
    foreground_width: box.width,
    foreground_height: box.height,
  };
  return new TextEncoder().encode(JSON.stringify({ data }));
}
