import type { Foreground, Photo } from '../raster';
import { grabCutFromBox } from './grab-cut-from-box';

/** The article squashes the photo to a square of this side, pixels. */
export const ARTICLE_SIDE = 224;
/** The article assumes the person in this rectangle of the square (x, y, width, height 50, 10, 124, 204). */
const BOX = { left: 50, top: 10, width: 124, height: 204 };
/** The article's number of iterations. */
const ITERATIONS = 5;

/**
 * GrabCut around the middle of the photo, as the article does it before the network.
 *
 * @param square the photo at 224 x 224 pixels
 * @throws DresscutError `internal` when OpenCV fails
 */
export async function isolate(square: Photo): Promise<Foreground> {
  return { kind: 'foreground', ...(await grabCutFromBox(square, BOX, ITERATIONS)) };
}

/** The photo with everything outside a foreground, which may be of another size, painted white. */
export function onWhite(photo: Photo, foreground: Foreground): Photo {
  const rgb = new Uint8Array(photo.rgb.length).fill(255);
  for (let y = 0, i = 0; y < photo.height; y++) {
    const row = Math.floor(((y + 0.5) * foreground.height) / photo.height) * foreground.width;
    for (let x = 0; x < photo.width; x++, i += 3) {
      if (foreground.data[row + Math.floor(((x + 0.5) * foreground.width) / photo.width)] === 1) {
        rgb.set(photo.rgb.subarray(i, i + 3), i);
      }
    }
  }
  return { ...photo, rgb };
}
