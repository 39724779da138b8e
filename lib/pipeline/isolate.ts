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
