import fc from 'fast-check';
import { halves, iou, overlap } from '../../bench/scores';
import { threshold } from '../../lib/pipeline/threshold';
import type { Photo } from '../../lib/raster';
import { discProbabilities, discTruth, plainBox, probabilitiesOf } from '../helpers/scenes';

const sized = (width: number, height: number) => ({ width, height }) as Photo;

describe('threshold', () => {
  it('brings the network’s shape to the photo’s size, smoothly', () => {
    const matte = threshold(sized(500, 700), discProbabilities({ width: 500, height: 700 }));
    expect(iou(overlap(halves(matte.alpha), discTruth(500, 700)))).toBeGreaterThan(0.98);
  });

  it('is all or nothing, with the smallest box around all, for any sizes', () => {
    const side = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(side, side, side, side, fc.integer(), (width, height, w, h, seed) => {
        const probabilities = probabilitiesOf(w, h, (x, y) => Math.sin(seed + 3 * x + 5 * y) / 2 + 0.5);
        const { alpha, box, ...rest } = threshold(sized(width, height), probabilities);
        expect(rest).toEqual({ kind: 'matte', width, height });
        expect(alpha).toHaveLength(width * height);
        expect(alpha.every((a) => a === 0 || a === 255)).toBe(true);
        expect(box).toEqual(plainBox(alpha, width, height));
      }),
    );
  });

  it('takes a pixel that is more dress than not, and none that is only as much', () => {
    const probabilities = probabilitiesOf(3, 1, (x) => [0.5, 0.51, 0.49][x]!);
    expect(Array.from(threshold(sized(3, 1), probabilities).alpha)).toEqual([0, 255, 0]);
  });

  it('finds nothing outside the part that was looked at', () => {
    const within = { left: 2, top: 1, width: 3, height: 4 };
    const { alpha, box } = threshold(sized(9, 7), { ...probabilitiesOf(6, 8, () => 0.9), within });
    expect(box).toEqual(within);
    expect(alpha.filter((a) => a === 255)).toHaveLength(12);
  });
});
