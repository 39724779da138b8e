import fc from 'fast-check';
import { colourModel, MODEL_LENGTH } from '../../lib/pipeline/colour-model';
import { grainy, paint } from './scenes';

const all = () => true;

/** The flat form taken apart: weights, means, covariances. */
function parts(model: Float64Array) {
  const rows = (from: number, length: number) =>
    Array.from({ length: 5 }, (_, c) => Array.from(model.subarray(from + length * c, from + length * (c + 1))));
  return { weights: rows(0, 1).flat(), means: rows(5, 3), covariances: rows(20, 9) };
}

function determinant([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0]: number[]): number {
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

const pixels = fc
  .uint8Array({ minLength: 3, maxLength: 300 })
  .map((bytes) => bytes.subarray(0, bytes.length - (bytes.length % 3)));

describe('colourModel', () => {
  it('has weights that add up to 1, means among the colours, and spreads that OpenCV can invert', () => {
    fc.assert(
      fc.property(pixels, (rgb) => {
        const model = colourModel(rgb, all);
        expect(model).toHaveLength(MODEL_LENGTH);
        const { weights, means, covariances } = parts(model);
        expect(weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 9);
        for (let c = 0; c < 5; c++) {
          if (weights[c] === 0) continue;
          for (const level of means[c]!) {
            expect(level).toBeGreaterThanOrEqual(0);
            expect(level).toBeLessThanOrEqual(255);
          }
          expect(determinant(covariances[c]!)).toBeGreaterThan(0.5);
          const [, xy, xz, yx, , yz, zx, zy] = covariances[c]!;
          expect([yx, zx, zy]).toEqual([xy, xz, yz]);
        }
      }),
    );
  });

  it('finds the colours that are there, in their shares', () => {
    const { rgb } = grainy(
      paint(60, 40, (x) => (x < 45 ? [30, 40, 200] : [220, 210, 40])),
      4,
    );
    const { weights, means } = parts(colourModel(rgb, all));
    const near = (colour: readonly number[]) =>
      means.reduce((sum, mean, c) => {
        const close = mean.every((level, i) => Math.abs(level - colour[i]!) < 8);
        return close ? sum + weights[c]! : sum;
      }, 0);
    expect(near([30, 40, 200])).toBeCloseTo(0.75, 1);
    expect(near([220, 210, 40])).toBeCloseTo(0.25, 1);
  });

  it('learns from its own side only', () => {
    const { rgb } = paint(10, 10, (x) => (x < 5 ? [255, 0, 0] : [0, 0, 255]));
    const { weights, means } = parts(colourModel(rgb, (i) => i % 10 < 5));
    for (const c of [0, 1, 2, 3, 4]) if (weights[c]! > 0) expect(means[c]).toEqual([255, 0, 0]);
  });

  it('gives the same model for the same pixels', () => {
    const { rgb } = grainy(
      paint(80, 60, (x, y) => [x, y, 90]),
      30,
    );
    expect(colourModel(rgb, all)).toEqual(colourModel(rgb.slice(), all));
  });

  it('learns from all over the side, however many pixels it has', () => {
    // A colour that only the last rows have: an even sample does not miss it.
    const { rgb } = paint(200, 100, (_, y) => (y < 90 ? [20, 20, 20] : [250, 250, 250]));
    const { weights, means } = parts(colourModel(rgb, all));
    const bright = means.reduce((sum, mean, c) => (mean[0]! > 240 ? sum + weights[c]! : sum), 0);
    expect(bright).toBeCloseTo(0.1, 2);
  });
});
