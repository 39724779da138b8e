import type { Foreground, Photo } from '../raster';
import { grabCutFromBox } from './grab-cut';

/** The article's own numbers: the photo squashed to this square, */
export const ARTICLE_SIDE = 224;
/** the person assumed in this rectangle (x, y, width, height 50, 10, 124, 204), five iterations. */
const BOX = { left: 50, top: 10, width: 124, height: 204 };
const ITERATIONS = 5;

/**
 * GrabCut around the middle of the photo, as the article does it before the network; the rest becomes white.
 *
 * @param square the photo at 224 x 224 pixels
 * @throws DresscutError `internal` when OpenCV fails
 */
export async function isolate(square: Photo): Promise<Foreground> {
  const { width, height } = square;
  const mask = await grabCutFromBox(square.rgb, width, height, BOX, ITERATIONS);
  return { kind: 'foreground', width, height, rgb: whiten(square, mask, square), mask };
}

/** The photo with everything outside a foreground of another size painted white. */
export function onWhite(photo: Photo, foreground: Foreground): Photo {
  return { ...photo, rgb: whiten(photo, foreground.mask, foreground) };
}

function whiten(photo: Photo, mask: Uint8Array, from: { width: number; height: number }): Uint8Array {
  const out = new Uint8Array(photo.rgb.length).fill(255);
  for (let y = 0, i = 0; y < photo.height; y++) {
    const row = Math.floor(((y + 0.5) * from.height) / photo.height) * from.width;
    for (let x = 0; x < photo.width; x++, i += 3) {
      if (mask[row + Math.floor(((x + 0.5) * from.width) / photo.width)] === 1) {
        out.set(photo.rgb.subarray(i, i + 3), i);
      }
    }
  }
  return out;
}
