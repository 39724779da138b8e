import fc from 'fast-check';
import { measure, sampleMatte } from '../../lib/pipeline/measure';
import { matteOf, probabilitiesOf } from '../helpers/scenes';

/** The left half of a photo of 200 x 100 is cut out. */
const half = matteOf(200, 100, (x) => (x < 100 ? 255 : 0));
describe('measure', () => {
  it('tells the share of the photo that is cut out', () => {
    const probabilities = probabilitiesOf(20, 10, () => 0.9);
    expect(measure(half, probabilities).coverage).toBeCloseTo(0.5, 6);
    const left = (pixel: number) => pixel % 20 < 4;
    expect(measure(half, probabilities, left).coverage).toBeCloseTo(0.2, 6);
  });

  it('takes the mean probability of the cut-out for its confidence, and does not look outside it', () => {
    const probabilities = probabilitiesOf(20, 10, (x) => (x < 5 ? 0.9 : x < 10 ? 0.7 : 0.1));
    expect(measure(half, probabilities).confidence).toBeCloseTo(0.8, 6);
  });

  it('weighs soft pixels by their alpha', () => {
    const soft = matteOf(200, 100, (x) => (x < 100 ? 255 : x < 150 ? 51 : 0));
    const probabilities = probabilitiesOf(20, 10, (x) => (x < 10 ? 1 : 0.4));
    const { coverage, confidence } = measure(soft, probabilities);
    expect(coverage).toBeCloseTo(0.5 + 0.25 * 0.2, 6);
    expect(confidence).toBeCloseTo((0.5 + 0.4 * 0.05) / 0.55, 6);
  });

  it('counts as leak what the network calls skin rather than dress or background', () => {
    // Columns 0 to 3: skin; 4: skin and dress alike; 5: skin below background; the rest dress.
    const dress = [0.1, 0.1, 0.2, 0.3, 0.45, 0.1];
    const skin = [0.8, 0.8, 0.7, 0.6, 0.45, 0.4];
    const probabilities = probabilitiesOf(
      20,
      10,
      (x) => dress[x] ?? 0.9,
      (x) => skin[x] ?? 0,
    );
    expect(measure(half, probabilities).skinLeak).toBeCloseTo(0.4, 6);
  });

  it('gives shares between 0 and 1 for any matte and any network', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const side = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(side, side, side, side, share, share, fc.integer(), (width, height, w, h, dress, rest, seed) => {
        const matte = matteOf(width, height, (x, y) => (Math.imul(x + 31 * y, 2654435761) ^ seed) & 255);
        const said = probabilitiesOf(
          w,
          h,
          () => dress,
          () => (1 - dress) * rest,
          rest,
        );
        const { coverage, confidence, skinLeak } = measure(matte, said);
        for (const value of [coverage, confidence, skinLeak]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1 + 1e-6);
        }
      }),
    );
  });
});

describe('sampleMatte', () => {
  it('is the matte under the middle of each of the network’s pixels, in the part that was seen', () => {
    const ramp = matteOf(40, 4, (x) => x);
    const whole = probabilitiesOf(4, 1, () => 0);
    expect(Array.from(sampleMatte(ramp, whole))).toEqual([5, 15, 25, 35]);
    const part = { ...whole, within: { left: 20, top: 0, width: 20, height: 4 } };
    expect(Array.from(sampleMatte(ramp, part))).toEqual([22, 27, 32, 37]);
  });
});
