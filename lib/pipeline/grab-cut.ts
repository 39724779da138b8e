import type { Mask, Photo, Plane } from '../raster';
import { colourModel, logLikelihoodOf } from './colour-model';
import { cutNetwork } from './cut-network';
import { mapPlane } from './map-plane';
import { minCut } from './min-cut';

/** GrabCut's four words for a pixel. */
export const SURE_BACKGROUND = 0;
export const SURE_FOREGROUND = 1;
export const MAYBE_BACKGROUND = 2;
export const MAYBE_FOREGROUND = 3;

/** How a trimap is cut. */
export interface CutSettings {
  /** How often colours are learned from the mask and the mask from the colours; at least 1. */
  readonly iterations: number;
  /** The paper's gamma: what an outline costs, beside what a pixel of an unlikely colour costs. */
  readonly smoothness: number;
}

/** Fewer pixels than this on one side tell nothing of its colours. */
const LEAST = 16;

/**
 * GrabCut (Rother, Kolmogorov, Blake, SIGGRAPH 2004) from a trimap. OpenCV's would look at every pixel, and has no
 * other smoothness than 50; this one looks at what is open.
 *
 * @param trimap of the photo's size, each value one of the four words above
 * @returns 1 where the foreground is, else 0
 */
export function grabCutFromTrimap(
  photo: Photo,
  trimap: Plane<Uint8Array>,
  { iterations, smoothness }: CutSettings,
): Mask {
  const words = trimap.data.slice();
  let foreground = 0;
  let open = 0;
  for (const word of words) {
    foreground += word & 1;
    open += word >> 1;
  }
  // Both colour models need something to learn from. No doubt left: nothing to cut.
  if (open > 0 && foreground >= LEAST && words.length - foreground >= LEAST) {
    for (let i = 0; i < iterations; i++) {
      const modelOf = (side: number) => colourModel(photo.rgb, (pixel) => (words[pixel]! & 1) === side);
      const sides = { foreground: logLikelihoodOf(modelOf(1)), background: logLikelihoodOf(modelOf(0)) };
      const network = cutNetwork(photo, trimap, sides, smoothness);
      minCut(network).forEach((side, p) => {
        words[network.pixels[p]!] = side === 1 ? MAYBE_FOREGROUND : MAYBE_BACKGROUND;
      });
    }
  }
  return mapPlane({ ...trimap, data: words }, (word) => word & 1);
}
