import { scoped } from '../opencv';
import type { Box, Mask, Photo, Plane } from '../raster';
import { colourModel, forOpenCv, MODEL_LENGTH } from './colour-model';
import { mapPlane } from './map-plane';

/** GrabCut clusters colours from random seeds: without a fixed one the same photo gives masks of IoU 0.92. */
const SEED = 20_231;

/** GrabCut's four words for a pixel, as OpenCV numbers them. */
export const SURE_BACKGROUND = 0;
export const SURE_FOREGROUND = 1;
export const MAYBE_BACKGROUND = 2;
export const MAYBE_FOREGROUND = 3;

/** How a trimap is cut. */
export interface CutSettings {
  /** How often colours are learned from the mask and the mask from the colours; at least 1. */
  readonly iterations: number;
  /** The paper's gamma: what an outline costs, beside what a pixel of an unlikely colour costs. At least 2. */
  readonly smoothness: number;
}

/** OpenCV's, which cannot be changed; the paper's, too. */
const OPENCV_SMOOTHNESS = 50;

/**
 * GrabCut (Rother, Kolmogorov, Blake, SIGGRAPH 2004) from a trimap.
 *
 * @param trimap of the photo's size, each value one of the four words above
 * @returns 1 where the foreground is, else 0
 * @throws DresscutError `internal` when OpenCV fails
 */
export async function grabCutFromTrimap(
  { width, height, rgb }: Photo,
  { data: trimap }: Plane<Uint8Array>,
  { iterations, smoothness }: CutSettings,
): Promise<Mask> {
  // Both colour models need somebody to learn from, and OpenCV aborts without. No doubt left: nothing to cut.
  let foreground = 0;
  let open = 0;
  for (const word of trimap) {
    foreground += word & 1;
    open += word >> 1;
  }
  if (open === 0 || foreground < 16 || trimap.length - foreground < 16) {
    return mapPlane({ width, height, data: trimap }, (word) => word & 1);
  }
  return scoped((cv, own) => {
    const photo = own(new cv.Mat(height, width, cv.CV_8UC3));
    photo.data.set(rgb);
    const mask = own(new cv.Mat(height, width, cv.CV_8UC1));
    mask.data.set(trimap);
    const bgd = own(new cv.Mat(1, MODEL_LENGTH, cv.CV_64FC1));
    const fgd = own(new cv.Mat(1, MODEL_LENGTH, cv.CV_64FC1));
    const power = OPENCV_SMOOTHNESS / smoothness;
    for (let i = 0; i < iterations; i++) {
      const words = mask.data.slice();
      const modelOf = (side: number) =>
        forOpenCv(
          colourModel(rgb, (pixel) => (words[pixel]! & 1) === side),
          power,
        );
      bgd.data64F.set(modelOf(0));
      fgd.data64F.set(modelOf(1));
      cv.grabCut(photo, mask, new cv.Rect(0, 0, width, height), bgd, fgd, 1, cv.GC_EVAL_FREEZE_MODEL);
    }
    return mapPlane({ width, height, data: mask.data }, (word) => word & 1);
  });
}

/**
 * GrabCut from a rectangle: outside is sure background, inside is left open.
 *
 * @param box the rectangle, inside the photo
 * @param iterations how often colours and mask are learned from each other, at least 1
 * @returns 1 where the foreground is, else 0
 * @throws DresscutError `internal` when OpenCV fails
 */
export function grabCutFromBox({ width, height, rgb }: Photo, box: Box, iterations: number): Promise<Mask> {
  return scoped((cv, own) => {
    const photo = own(new cv.Mat(height, width, cv.CV_8UC3));
    photo.data.set(rgb);
    const mask = own(cv.Mat.zeros(height, width, cv.CV_8UC1));
    const bgd = own(new cv.Mat());
    const fgd = own(new cv.Mat());
    cv.setRNGSeed(SEED);
    const rect = new cv.Rect(box.left, box.top, box.width, box.height);
    cv.grabCut(photo, mask, rect, bgd, fgd, iterations, cv.GC_INIT_WITH_RECT);
    return { width, height, data: mask.data.map((word) => word & 1) };
  });
}
