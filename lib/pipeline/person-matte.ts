import type { Matte, Probabilities, Size } from '../raster';
import { type Region, samplePlane } from './region';

/**
 * Whoever wears the dress: the dress, and whatever else the network rather takes for a person than for background. Where
 * somebody said that there is no dress, it is asked what the pixel is otherwise.
 *
 * @param dress at the region's size
 * @returns at the region's size; hard where it is not dress
 */
export function personMatte(dress: Matte, probabilities: Probabilities, photo: Size, region: Region): Matte {
  const near = planesOf(probabilities, photo, region);
  const far = probabilities.whole === undefined ? near : planesOf(probabilities.whole, photo, region);
  const alpha = dress.alpha.map((share, i) => {
    const seen = near.skin.data[i]! + near.background.data[i]! > 0;
    const { skin, background } = seen ? near : far;
    return skin.data[i]! > background.data[i]! ? 255 : share;
  });
  return { ...dress, alpha };
}

function planesOf(from: Probabilities, photo: Size, region: Region) {
  return {
    skin: samplePlane(from.skin, from, photo, region),
    background: samplePlane(from.background, from, photo, region),
  };
}
