import { chosenMatte } from '../../chosen-matte';
import type { CutOut, CutOutResult } from '../../cut-out';
import type { Find } from '../../find';
import { type Findings, noDress } from '../../findings';
import type { CutOutOptions } from '../../options';
import { trace } from '../../pipeline/trace';
import type { Matte } from '../../raster';
import { base64Length } from '../answer-size';
import type { MediaType } from '../request/negotiate';

/** What to make of a photo. */
export interface CutoutChoice {
  /** Of the answer. */
  readonly mediaType: MediaType;
  readonly options: CutOutOptions;
}

export interface CutoutAnswer {
  readonly findings: Findings;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Of the body as it travels: counted as base64 where it is binary or holds base64, 0 where it is always small. */
  readonly bytes: number;
}

/** A picture of a photo's dress, alone or in JSON, or its outline. */
export function createCutout({ find, cutOut }: { readonly find: Find; readonly cutOut: CutOut }) {
  return async (photo: Uint8Array, { mediaType, options }: CutoutChoice): Promise<CutoutAnswer> => {
    if (mediaType !== 'image/svg+xml') return bodyOf(await cutOut(photo, options), mediaType, options);
    const found = await find(photo, options);
    if (found.matte === null) throw noDress(found.findings, options.expect);
    return { findings: found.findings, body: encoded(svgOf(chosenMatte(found, options.which))), bytes: 0 };
  };
}

function bodyOf({ findings, image }: CutOutResult, mediaType: MediaType, options: CutOutOptions): CutoutAnswer {
  if (image === null) throw noDress(findings, options.expect);
  const bytes = base64Length(image.bytes.length);
  if (mediaType !== 'application/json') return { findings, body: image.bytes, bytes };
  // Times differ from call to call and would make the entity tag a lie; they are in Server-Timing.
  const { milliseconds: _, ...lasting } = findings;
  const { contentType, width, height } = image;
  const picture = { contentType, width, height, base64: Buffer.from(image.bytes).toString('base64') };
  return { findings, body: encoded(JSON.stringify({ findings: lasting, image: picture })), bytes };
}

const encoded = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

function svgOf(matte: Matte): string {
  const { width, height } = matte;
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}><path fill-rule="evenodd" d="${trace(matte)}"/></svg>\n`;
}
