import type { Matte, Photo, Probabilities } from '../raster';
import { boxOfAlpha, samplePlane, seenOf } from './region';

/**
 * The article's mask: the dress channel brought to the photo's size, and whatever is more dress than not
 * is dress. No soft edge, no refinement: the baseline. What was not looked at is none.
 */
export function threshold(photo: Photo, probabilities: Probabilities): Matte {
  const { width, height } = photo;
  const region = { ...seenOf(photo, probabilities), scale: 1 };
  const dress = samplePlane(probabilities.dress, probabilities, photo, region);
  const alpha = new Uint8Array(width * height);
  for (let y = 0; y < region.height; y++) {
    const row = (region.top + y) * width + region.left;
    for (let x = 0, i = y * region.width; x < region.width; x++, i++)
      alpha[row + x] = (dress[i] as number) > 0.5 ? 255 : 0;
  }
  return { kind: 'matte', width, height, alpha, box: boxOfAlpha(alpha, photo, region) };
}
