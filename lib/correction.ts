import { createHash } from 'node:crypto';
import type { Found } from './find';
import { type Encoded, encode, encodePhoto } from './pipeline/encode';
import { personMatte } from './pipeline/person-matte';
import { type Region, samplePhoto } from './pipeline/region';
import { shrinkMatte } from './pipeline/shrink-matte';
import type { Cutout, Matte, Photo, Size } from './raster';

/**
 * A cut that somebody has corrected, as training reads it: the three pictures of the article, all of one size. Persons
 * and dresses are cut out on nothing.
 */
export interface Correction {
  readonly original: Encoded;
  /** Whoever wears the dress, dress included. */
  readonly body: Encoded;
  readonly dress: Encoded;
}

/** The longer side in pixels; training looks at photos 448 pixels high. */
const MAX_SIDE = 1600;

/**
 * What a corrected cut can teach. The pictures are upright, at most 1,600 pixels a side, and have no metadata.
 *
 * @returns `null` where there is no dress, so nothing to learn the shape of
 */
export async function drawCorrection({ photo, matte, probabilities }: Found): Promise<Correction | null> {
  if (matte === null) return null;
  const region = regionOfWhole(photo);
  const small = samplePhoto(photo, region);
  const dress = await shrinkMatte(matte, region);
  const person = personMatte(dress, probabilities, photo, region);
  return {
    original: await encodePhoto(small, { format: 'jpeg', size: null }),
    body: await encode(cutBy(small, person), { format: 'png', size: null }),
    dress: await encode(cutBy(small, dress), { format: 'png', size: null }),
  };
}

/**
 * What the three pictures of one photo are called: `original3f29.jpg`, `body3f29.png`, `dress3f29.png`.
 * @param source what tells this photo from others; it cannot be read from the names
 */
export function correctionNames(source: string | Uint8Array): Readonly<Record<keyof Correction, string>> {
  const id = createHash('sha256').update(source).digest('hex').slice(0, 16);
  return { original: `original${id}.jpg`, body: `body${id}.png`, dress: `dress${id}.png` };
}

function regionOfWhole({ width, height }: Size): Region {
  const scale = Math.max(1, Math.max(width, height) / MAX_SIDE);
  const across = (pixels: number) => Math.max(1, Math.round(pixels / scale));
  return { left: 0, top: 0, scale, width: across(width), height: across(height) };
}

/** The photo's own pixels under a matte, and zeros where it is zero. */
function cutBy({ width, height, rgb }: Photo, { alpha }: Matte): Cutout {
  const rgba = new Uint8Array(4 * width * height);
  for (const [i, share] of alpha.entries()) {
    if (share === 0) continue;
    rgba.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
    rgba[4 * i + 3] = share;
  }
  return { kind: 'cutout', width, height, rgba };
}
