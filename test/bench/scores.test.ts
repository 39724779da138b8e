import fc from 'fast-check';
import {
  auc,
  boundaryOverlap,
  calibration,
  eceByChance,
  interval,
  iou,
  mean,
  median,
  overlap,
  pooled,
} from '../../bench/scores';
import { bytesOf } from '../helpers/scenes';

const mask = (text: string) => Uint8Array.from(text.replaceAll(/\s/g, ''), Number);
const bit = fc.integer({ min: 0, max: 1 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

/** Two masks of one size. */
const pair = fc.tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 14 })).chain(([width, height]) => {
  const bits = fc.array(bit, { minLength: width * height, maxLength: width * height });
  // Mostly ones, so that there is something inside.
  const blob = fc
    .array(fc.nat(width * height - 1), { maxLength: 4 })
    .map((holes) => Array.from({ length: width * height }, (_, i) => (holes.includes(i) ? 0 : 1)));
  const one = fc.oneof(bits, blob).map((values) => Uint8Array.from(values));
  return fc.record({ width: fc.constant(width), height: fc.constant(height), guess: one, truth: one });
});

/** Pixels of the mask with something outside it, or the end of the picture, within `d` steps: by looking at each. */
function plainBand(mask: Uint8Array, width: number, height: number, d: number): Uint8Array {
  return bytesOf(width, height, (x, y) => {
    if (mask[y * width + x] === 0) return 0;
    for (let v = y - d; v <= y + d; v++) {
      for (let u = x - d; u <= x + d; u++) {
        const inside = u >= 0 && v >= 0 && u < width && v < height && mask[v * width + u] === 1;
        if (!inside) return 1;
      }
    }
    return 0;
  });
}

describe('overlap', () => {
  it('counts what both have and what either has', () => {
    expect(overlap(mask('0011 0110'), mask('0110 0110'))).toEqual({ intersection: 3, union: 5 });
    expect(iou(overlap(mask('0011 0110'), mask('0110 0110')))).toBe(0.6);
  });

  it('lets two empty masks agree, and an empty one and a full one not', () => {
    expect(iou(overlap(mask('000'), mask('000')))).toBe(1);
    expect(iou(overlap(mask('000'), mask('111')))).toBe(0);
  });

  it('is 1 for a mask and itself, and the same in either order', () => {
    fc.assert(
      fc.property(pair, ({ guess, truth }) => {
        expect(iou(overlap(guess, guess))).toBe(1);
        expect(overlap(guess, truth)).toEqual(overlap(truth, guess));
      }),
    );
  });
});

describe('pooled', () => {
  it('weighs photos by their pixels, not each alike', () => {
    const rows = [
      { intersection: 90, union: 100 },
      { intersection: 0, union: 20 },
    ];
    expect(pooled(rows)).toBeCloseTo(0.75, 12);
    expect(pooled([])).toBe(1);
  });
});

describe('boundaryOverlap', () => {
  it('is the overlap of the bands that a plain search finds', () => {
    fc.assert(
      fc.property(pair, fc.integer({ min: 1, max: 5 }), ({ width, height, guess, truth }, d) => {
        const found = boundaryOverlap(guess, truth, width, height, d / Math.hypot(width, height));
        const [a, b] = [guess, truth].map((mask) => plainBand(mask, width, height, d));
        expect(found).toEqual(overlap(a!, b!));
      }),
      { numRuns: 200 },
    );
  });

  it('has a band of at least one pixel, 2 % of the diagonal by default', () => {
    const full = new Uint8Array(300 * 400).fill(1);
    const ring = (w: number, h: number, d: number) => w * h - Math.max(0, w - 2 * d) * Math.max(0, h - 2 * d);
    expect(boundaryOverlap(full, full, 300, 400).union).toBe(ring(300, 400, 10));
    const small = new Uint8Array(9).fill(1);
    expect(boundaryOverlap(small, small, 3, 3).union).toBe(ring(3, 3, 1));
  });

  it('punishes a wrong outline more than the plain overlap does', () => {
    const square = (by: number) =>
      bytesOf(100, 100, (x, y) => (x >= 20 - by && x < 80 + by && y >= 20 - by && y < 80 + by ? 1 : 0));
    const [guess, truth] = [square(2), square(0)];
    expect(iou(boundaryOverlap(guess, truth, 100, 100))).toBeLessThan(iou(overlap(guess, truth)) - 0.3);
  });
});

describe('auc', () => {
  it('is 1 for the right order, 0 for the wrong one, a half for ties, and no number without a pair', () => {
    expect(auc([0.8, 0.9], [0.1, 0.7])).toBe(1);
    expect(auc([0.1], [0.2, 0.3])).toBe(0);
    expect(auc([0.5, 0.5], [0.5])).toBe(0.5);
    expect(auc([0.9, 0.4], [0.5, 0.1])).toBe(0.75);
    expect(auc([], [0.5])).toBeNaN();
  });

  it('adds up to 1 with the sides exchanged, and does not mind a stretch that keeps the order', () => {
    const scores = fc.array(share, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(scores, scores, (yes, no) => {
        expect(auc(yes, no) + auc(no, yes)).toBeCloseTo(1, 9);
        const stretch = (values: number[]) => values.map((value) => 3 * value + 1);
        // Floating point may make ties of the closest values; rounding first keeps them apart or equal.
        const coarse = (values: number[]) => values.map((value) => Math.round(value * 100));
        expect(auc(stretch(coarse(yes)), stretch(coarse(no)))).toBe(auc(coarse(yes), coarse(no)));
      }),
    );
  });
});

describe('calibration', () => {
  it('is 0 where what was said is what was so', () => {
    const said = [...Array(10).fill(0.25), ...Array(10).fill(0.8)] as number[];
    const truths = said.map((p, i) => (p === 0.8 ? i % 5 !== 0 : i % 4 === 0));
    // Of ten at 0.25 three are so, of ten at 0.8 eight.
    expect(calibration(said, truths).ece).toBeCloseTo(0.05 / 2, 9);
  });

  it('says how far off it is, each photo with the same weight', () => {
    const truths = [true, false, true, false, false, false, false, false];
    const { ece, bins } = calibration([0.95, 0.95, 0.95, 0.95, 0.05, 0.05, 0.05, 0.05], truths);
    expect(ece).toBeCloseTo((0.45 + 0.05) / 2, 9);
    expect(bins.map(({ from, count, was }) => [from, count, was])).toEqual([
      [0, 4, 0],
      [0.9, 4, 0.5],
    ]);
  });

  it('puts every photo in one bin, 0 and 1 too', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(share, fc.constant(1), fc.constant(0)), { minLength: 1 }), (said) => {
        const { ece, bins } = calibration(
          said,
          said.map((p) => p > 0.5),
        );
        expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(said.length);
        expect(ece).toBeGreaterThanOrEqual(0);
        expect(ece).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('eceByChance', () => {
  it('is nothing where nothing is left to chance, and shrinks with the number of photos', () => {
    expect(eceByChance([0, 0, 1, 1])).toBe(0);
    const photos = (count: number) => Array.from({ length: count }, (_, i) => (i + 0.5) / count);
    const [few, many] = [eceByChance(photos(40)), eceByChance(photos(4000), 50)];
    expect(few).toBeGreaterThan(0.1);
    expect(many).toBeLessThan(few / 5);
  });

  it('is what one coin shows: half', () => {
    expect(eceByChance([0.5])).toBeCloseTo(0.5, 9);
    // Two coins in one bin: 0.5 off as often as right.
    expect(eceByChance([0.5, 0.5])).toBeCloseTo(0.25, 1);
  });
});

describe('interval', () => {
  const rows = Array.from({ length: 40 }, (_, i) => Math.sin(i) + 2);

  it('holds the figure, and is the same every time', () => {
    const [low, high] = interval(rows, mean);
    expect(low).toBeLessThan(mean(rows));
    expect(high).toBeGreaterThan(mean(rows));
    expect(interval(rows, mean)).toEqual([low, high]);
  });

  it('is as wide as statistics says: 1.96 standard errors to each side', () => {
    const deviation = Math.sqrt(mean(rows.map((row) => (row - mean(rows)) ** 2)));
    const [low, high] = interval(rows, mean, 4000);
    expect(high - low).toBeGreaterThan(0.85 * 2 * 1.96 * (deviation / Math.sqrt(40)));
    expect(high - low).toBeLessThan(1.15 * 2 * 1.96 * (deviation / Math.sqrt(40)));
  });

  it('is a point where all rows are alike', () => {
    expect(interval([3, 3, 3], mean)).toEqual([3, 3]);
  });
});

describe('median', () => {
  it('is the middle, or the mean of the two middles, and sorts by value', () => {
    expect(median([10, 9, 100])).toBe(10);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('leaves its input as it was', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});
