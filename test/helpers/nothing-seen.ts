import type { Probabilities } from '../../lib/raster';

/** Probabilities of one pixel for tests in which no network runs: background, surely. */
export const NOTHING_SEEN: Probabilities = {
  kind: 'probabilities',
  width: 1,
  height: 1,
  background: Float32Array.of(1),
  skin: Float32Array.of(0),
  dress: Float32Array.of(0),
  presence: 0,
  turned: 0,
};
