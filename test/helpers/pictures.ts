import sharp, { type Sharp } from 'sharp';
import type { DresscutError } from '../../lib/errors';
import type { Photo } from '../../lib/raster';

// Taken out once: inside jest each look at a global costs more than the arithmetic.
const { cos, floor, imul, sin } = Math;

export type Rgb = readonly [number, number, number];

/** The four quarters of the test picture, left to right, top to bottom. */
export const QUARTERS: readonly [Rgb, Rgb, Rgb, Rgb] = [
  [200, 50, 50],
  [50, 200, 50],
  [50, 50, 200],
  [200, 200, 50],
];

/** A picture of four flat quarters: any turn, mirror, shift or wrong colour shows in four pixels. */
export function quarters(width = 160, height = 120): Sharp {
  const rgb = Buffer.alloc(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rgb.set(QUARTERS[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)]!, 3 * (y * width + x));
    }
  }
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

/** Texture at every scale, so that lost data cannot look right by luck. */
export function texture(width: number, height: number): Sharp {
  const rgb = Buffer.alloc(3 * width * height);
  let seed = 1;
  for (let i = 0; i < rgb.length; i++) {
    seed = (imul(seed, 1103515245) + 12345) & 0x7fffffff;
    const x = floor(i / 3) % width;
    const y = floor(i / 3 / width);
    rgb[i] = 128 + 60 * sin(x / 17 + (i % 3)) + 40 * cos(y / 11) + ((seed >> 16) % 24);
  }
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

export function pixel({ rgb, width }: Photo, x: number, y: number): Rgb {
  const at = 3 * (y * width + x);
  return [rgb[at]!, rgb[at + 1]!, rgb[at + 2]!];
}

/** The middles of the four quarters of a photo. */
export function middles(photo: Photo): readonly Rgb[] {
  const { width, height } = photo;
  const [left, right] = [Math.floor(width / 4), Math.floor((3 * width) / 4)];
  const [top, bottom] = [Math.floor(height / 4), Math.floor((3 * height) / 4)];
  return [pixel(photo, left, top), pixel(photo, right, top), pixel(photo, left, bottom), pixel(photo, right, bottom)];
}

/** The largest difference between two lists of colours, in levels of 255. */
export function difference(a: readonly Rgb[], b: readonly Rgb[]): number {
  return Math.max(...a.map((colour, i) => Math.max(...colour.map((value, c) => Math.abs(value - b[i]![c]!)))));
}

/** What a promise was rejected with; fails when it was not. */
export async function refusal(promise: Promise<unknown>): Promise<DresscutError> {
  return promise.then(
    () => {
      throw new Error('expected a refusal, received a result');
    },
    (error: DresscutError) => error,
  );
}
