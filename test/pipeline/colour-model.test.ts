import fc from 'fast-check';
import { colourModel, type Gaussian, logLikelihoodOf } from '../../lib/pipeline/colour-model';
import { grainy, paint } from '../helpers/scenes';

const all = () => true;

function determinant([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0]: readonly number[]): number {
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

const pixels = fc
  .uint8Array({ minLength: 3, maxLength: 300 })
  .map((bytes) => bytes.subarray(0, bytes.length - (bytes.length % 3)));

describe('colourModel', () => {
  it('has weights that add up to 1, means among the colours, and spreads that can be inverted', () => {
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

/** Of a Gaussian without any turn, by the book. */
function logDensity(mean: readonly number[], variances: readonly number[], colour: readonly number[]): number {
  return mean.reduce((sum, level, i) => {
    const variance = variances[i]!;
    return sum - 0.5 * Math.log(2 * Math.PI * variance) - (colour[i]! - level) ** 2 / (2 * variance);
  }, 0);
}

const diagonal = ([r = 0, g = 0, b = 0]: readonly number[]) => [r, 0, 0, 0, g, 0, 0, 0, b];

describe('logLikelihoodOf', () => {
  const [grey, red] = [
    { weight: 0.75, mean: [100, 110, 120], variances: [40, 90, 20] },
    { weight: 0.25, mean: [210, 30, 40], variances: [10, 10, 300] },
  ];
  const model: Gaussian[] = [grey!, red!].map(({ variances, ...rest }) => ({
    ...rest,
    covariance: diagonal(variances),
  }));

  it.each([
    [grey!, [100, 110, 120]],
    [grey!, [93, 121, 118]],
    [red!, [214, 27, 80]],
  ])('is that of the Gaussian that explains a colour best, by its share', ({ weight, mean, variances }, colour) => {
    const [r = 0, g = 0, b = 0] = colour;
    const expected = Math.log(0.99 * weight) + logDensity(mean, variances, colour);
    expect(logLikelihoodOf(model)(r, g, b)).toBeCloseTo(expected, 9);
  });

  it('knows colours that go together: what lies along the spread is likelier than what lies across', () => {
    const { rgb } = grainy(
      paint(60, 60, (x) => [60 + 2 * x, 200 - 2 * x, 90]),
      6,
    );
    const [likely] = [logLikelihoodOf(colourModel(rgb, all))];
    expect(likely(80, 180, 90)).toBeGreaterThan(likely(80, 220, 90) + 5);
  });

  it('gives a hundredth to colours of no kind, evenly, and finds none impossible', () => {
    const outlier = Math.log(0.01 / 256 ** 3);
    expect(logLikelihoodOf(model)(5, 250, 250)).toBeCloseTo(outlier, 9);
    expect(logLikelihoodOf(model)(255, 255, 0)).toBeCloseTo(outlier, 9);
    fc.assert(
      fc.property(pixels, fc.uint8Array({ minLength: 3, maxLength: 3 }), (rgb, [r = 0, g = 0, b = 0]) => {
        const found = logLikelihoodOf(colourModel(rgb, all))(r, g, b);
        expect(found).toBeGreaterThanOrEqual(outlier - 1e-9);
        expect(found).toBeLessThan(0);
      }),
    );
  });
});
