import fc from 'fast-check';
import { dressExpected, measure, VERDICT } from '../../lib/pipeline/measure';
import { matteOf, probabilitiesOf } from '../helpers/scenes';

const { absent, doubtful, vague, leaky, tiny } = VERDICT;
/** A step that no threshold is near. */
const BIT = 0.001;

/** The left half of a photo of 200 x 100 is cut out. */
const half = matteOf(200, 100, (x) => (x < 100 ? 255 : 0));
/** A network that says `dress` and `skin` of every pixel. */
const saying = (dress: number, skin = 0, presence = 1) =>
  probabilitiesOf(
    20,
    10,
    () => dress,
    () => skin,
    presence,
  );

describe('measure', () => {
  it('tells box, coverage and presence', () => {
    const measured = measure(half, saying(0.9, 0, 0.83), 'auto');
    expect(measured.box).toEqual({ left: 0, top: 0, width: 100, height: 100 });
    expect(measured.coverage).toBeCloseTo(0.5, 6);
    expect(measured.presence).toBe(0.83);
  });

  it('takes the mean probability of the cut-out for its confidence, and does not look outside it', () => {
    const probabilities = probabilitiesOf(20, 10, (x) => (x < 5 ? 0.9 : x < 10 ? 0.7 : 0.1));
    expect(measure(half, probabilities, 'dress').confidence).toBeCloseTo(0.8, 6);
  });

  it('weighs soft pixels by their alpha', () => {
    const soft = matteOf(200, 100, (x) => (x < 100 ? 255 : x < 150 ? 51 : 0));
    const probabilities = probabilitiesOf(20, 10, (x) => (x < 10 ? 1 : 0.4));
    const { coverage, confidence } = measure(soft, probabilities, 'dress');
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
    expect(measure(half, probabilities, 'dress').skinLeak).toBeCloseTo(0.4, 6);
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
        const { coverage, confidence, skinLeak } = measure(matte, said, 'auto');
        for (const value of [coverage, confidence, skinLeak]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1 + 1e-6);
        }
      }),
    );
  });
});

describe('the verdict', () => {
  it('is ok for a sure shape in a photo that surely shows a dress', () => {
    expect(measure(half, saying(vague + BIT), 'auto').verdict).toBe('ok');
    expect(measure(half, saying(vague + BIT, 0, doubtful + BIT), 'auto').verdict).toBe('ok');
  });

  it('is review where presence is in doubt, unless the caller knows that a dress is worn', () => {
    expect(measure(half, saying(0.95, 0, doubtful - BIT), 'auto').verdict).toBe('review');
    expect(measure(half, saying(0.95, 0, doubtful - BIT), 'dress').verdict).toBe('ok');
  });

  it('is review where the shape is vague', () => {
    expect(measure(half, saying(vague - BIT), 'dress').verdict).toBe('review');
  });

  it('is review where skin leaks into the cut-out', () => {
    // Of 1000 columns of the network 500 are cut out; so many of them are skin.
    const leaking = (columns: number) =>
      probabilitiesOf(
        1000,
        1,
        (x) => (x < columns ? 0.1 : 0.97),
        (x) => (x < columns ? 0.9 : 0),
      );
    const most = Math.floor(leaky * 500);
    expect(measure(half, leaking(most), 'dress').verdict).toBe('ok');
    expect(measure(half, leaking(most + 2), 'dress').verdict).toBe('review');
  });

  it('is no_dress where nothing was cut out, or next to nothing', () => {
    const none = { confidence: 0, coverage: 0, skinLeak: 0, box: null };
    const nothing = { verdict: 'no_dress', presence: 1, turned: 0, ...none };
    expect(measure(null, saying(0.9), 'auto')).toEqual(nothing);
    expect(
      measure(
        matteOf(200, 100, () => 0),
        saying(0.9),
        'dress',
      ),
    ).toEqual(nothing);

    const probabilities = probabilitiesOf(1000, 1, () => 0.95);
    const columns = Math.ceil(tiny * 1000);
    const strip = (width: number) => matteOf(1000, 1, (x) => (x < width ? 255 : 0));
    expect(measure(strip(columns - 1), probabilities, 'dress')).toEqual(nothing);
    expect(measure(strip(columns), probabilities, 'dress').verdict).toBe('ok');
  });
});

describe('dressExpected', () => {
  it('leaves it to the network where the caller does', () => {
    expect(dressExpected(saying(0.9, 0, absent), 'auto')).toBe(true);
    expect(dressExpected(saying(0.9, 0, absent - BIT), 'auto')).toBe(false);
  });

  it('believes a caller who knows', () => {
    expect(dressExpected(saying(0.9, 0, 0), 'dress')).toBe(true);
  });
});

describe('the thresholds', () => {
  it('stand in an order that makes sense', () => {
    expect(absent).toBeLessThanOrEqual(doubtful);
    for (const value of Object.values(VERDICT)) {
      expect(value).toBeGreaterThan(0);
      expect(value).toBeLessThan(1);
    }
  });
});
