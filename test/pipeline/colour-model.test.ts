import fc from 'fast-check';
import { colourModel, forOpenCv, type Gaussian, MODEL_LENGTH } from '../../lib/pipeline/colour-model';
import { likelihood } from '../helpers/likelihood';
import { grainy, paint } from '../helpers/scenes';

const all = () => true;

function determinant([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0]: readonly number[]): number {
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
        expect(model.length).toBeLessThanOrEqual(4);
        if (rgb.length > 0) expect(model.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
        for (const { weight, mean, covariance } of model) {
          expect(weight).toBeGreaterThan(0);
          for (const level of mean) {
            expect(level).toBeGreaterThanOrEqual(0);
            expect(level).toBeLessThanOrEqual(255);
          }
          expect(determinant(covariance)).toBeGreaterThan(0.5);
          const [, xy, xz, yx, , yz, zx, zy] = covariance;
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
    const model = colourModel(rgb, all);
    const near = (colour: readonly number[]) =>
      model.reduce((sum, { weight, mean }) => {
        const close = mean.every((level, i) => Math.abs(level - colour[i]!) < 8);
        return close ? sum + weight : sum;
      }, 0);
    expect(near([30, 40, 200])).toBeCloseTo(0.75, 1);
    expect(near([220, 210, 40])).toBeCloseTo(0.25, 1);
  });

  it('learns from its own side only', () => {
    const { rgb } = paint(10, 10, (x) => (x < 5 ? [255, 0, 0] : [0, 0, 255]));
    const model = colourModel(rgb, (i) => i % 10 < 5);
    expect(new Set(model.map(({ mean }) => String(mean)))).toEqual(new Set(['255,0,0']));
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
    const model = colourModel(rgb, all);
    const bright = model.reduce((sum, { weight, mean }) => (mean[0]! > 240 ? sum + weight : sum), 0);
    expect(bright).toBeCloseTo(0.1, 2);
  });
});

describe('forOpenCv', () => {
  const colour = fc.uint8Array({ minLength: 3, maxLength: 3 });

  it('finds no colour impossible, however far from all that it saw and however high the power', () => {
    fc.assert(
      fc.property(pixels, colour, fc.double({ min: 0.1, max: 30, noNaN: true }), (rgb, other, power) => {
        const model = forOpenCv(colourModel(rgb, all), power);
        expect(model).toHaveLength(MODEL_LENGTH);
        const found = likelihood(model, other);
        expect(found).toBeGreaterThan(0);
        expect(found).toBeLessThan(Number.POSITIVE_INFINITY);
      }),
    );
  });

  it('raises likelihoods to the power', () => {
    const { rgb } = grainy(
      paint(60, 40, () => [110, 80, 140]),
      25,
    );
    // One Gaussian, so that nothing is lost where several overlap.
    const [{ mean, covariance }] = colourModel(rgb, all) as [Gaussian];
    const one = [{ weight: 1, mean, covariance }];
    for (const power of [0.5, 1, 50 / 16]) {
      for (const near of [mean, mean.map((level) => level + 6), mean.map((level, i) => level - 5 * i)]) {
        const raised = Math.log(likelihood(forOpenCv(one, power), near));
        expect(raised).toBeCloseTo(power * Math.log(likelihood(forOpenCv(one, 1), near)), 2);
      }
    }
  });

  it('gives a hundredth to colours of no kind, evenly', () => {
    const model = forOpenCv([{ weight: 1, mean: [10, 10, 10], covariance: [1, 0, 0, 0, 1, 0, 0, 0, 1] }], 1);
    const far = [200, 90, 250];
    expect(likelihood(model, far)).toBeCloseTo((0.01 / 256 ** 3) * (2 * Math.PI) ** 1.5, 12);
    expect(likelihood(model, [255, 255, 255])).toBeCloseTo(likelihood(model, far), 12);
  });
});
