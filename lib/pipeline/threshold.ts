import type { Matte, Photo, Probabilities } from '../raster';
import { boxOfAlpha, samplePlane } from './region';

/**
 * The article's mask: the dress channel brought to the photo's size, and whatever is more dress than not
 * is dress. No soft edge, no refinement: the baseline.
 */
export function threshold(photo: Photo, probabilities: Probabilities): Matte {
  const { width, height } = photo;
  const whole = { left: 0, top: 0, scale: 1, width, height };
  const dress = samplePlane(probabilities.dress, probabilities, photo, whole);
  const alpha = Uint8Array.from(dress, (p) => (p > 0.5 ? 255 : 0));
  return { kind: 'matte', width, height, alpha, box: boxOfAlpha(alpha, photo, whole) };
}
