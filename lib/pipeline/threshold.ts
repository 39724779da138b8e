import type { Matte, Photo, Probabilities } from '../raster';
import { boundingBox } from './box';
import { samplePlane, seenOf } from './region';

/**
 * The article's mask: the dress channel brought to the photo's size, and whatever is more dress than not
 * is dress. No soft edge, no refinement: the baseline. What was not looked at is none.
 */
export function threshold(photo: Photo, probabilities: Probabilities): Matte {
  const { width, height } = photo;
  const seen = seenOf(photo, probabilities);
  const dress = samplePlane(probabilities.dress, probabilities, photo, { ...seen, scale: 1 });
  const alpha = new Uint8Array(width * height);
  for (let y = 0; y < seen.height; y++) {
    const row = (seen.top + y) * width + seen.left;
    for (let x = 0, i = y * seen.width; x < seen.width; x++, i++) alpha[row + x] = dress.data[i]! > 0.5 ? 255 : 0;
  }
  return { kind: 'matte', width, height, alpha, box: boundingBox({ width, height, data: alpha }, 0, seen) };
}
