import fc from 'fast-check';
import { boxMean, guidedFilter } from '../../lib/pipeline/guided-filter';
import type { Rgb } from '../helpers/pictures';
import { bytesOf, floatsOf, paint } from '../helpers/scenes';

/** The mean over each window, one pixel after the other. */
function naiveMean(plane: Float32Array, width: number, height: number, radius: number): Float32Array {
  return floatsOf(width, height, (x, y) => {
    let sum = 0;
    let count = 0;
    for (let v = Math.max(0, y - radius); v <= Math.min(height - 1, y + radius); v++) {
      for (let u = Math.max(0, x - radius); u <= Math.min(width - 1, x + radius); u++) {
        sum += plane[v * width + u]!;
        count++;
      }
    }
    return sum / count;
  });
}

const furthest = (a: Float32Array, b: Float32Array): number =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

describe('boxMean', () => {
  it('is the plain mean of each window, for any size and radius', () => {
    const size = fc.integer({ min: 1, max: 24 });
    fc.assert(
      fc.property(size, size, fc.integer({ min: 0, max: 30 }), fc.integer(), (width, height, radius, seed) => {
        const plane = floatsOf(width, height, (x, y) => Math.sin(seed + 12.9 * x + 78.2 * y) / 2 + 0.5);
        const mean = boxMean({ width, height, data: plane }, radius);
        expect(furthest(mean, naiveMean(plane, width, height, radius))).toBeLessThan(1e-5);
      }),
      { numRuns: 150 },
    );
  });

  it('leaves its input as it was', () => {
    const plane = floatsOf(5, 4, (x, y) => x * y);
    const before = plane.slice();
    boxMean({ width: 5, height: 4, data: plane }, 2);
    expect(plane).toEqual(before);
  });
});

describe('guidedFilter', () => {
  const [width, height] = [40, 24];
  const mask = bytesOf(width, height, (x) => (x < 22 ? 1 : 0));
  const grey = (level: number): Rgb => [level, level, level];

  /** Alpha as the filter's coefficients give it on the guide itself. */
  function alphaOf(rgb: Uint8Array, of: Uint8Array, epsilon: number, radius = 4): Float32Array {
    const { red, green, blue, offset } = guidedFilter(
      { kind: 'photo', width, height, rgb },
      { width, height, data: of },
      { radius, epsilon },
    );
    return offset.map((b, i) => {
      const colours = red[i]! * rgb[3 * i]! + green[i]! * rgb[3 * i + 1]! + blue[i]! * rgb[3 * i + 2]!;
      return b + colours / 255;
    });
  }
  /** How far alpha falls from each pixel of a row to the next. */
  function fallsOf(alpha: Float32Array): number[] {
    const row = Array.from(alpha.subarray(12 * width, 13 * width));
    return row.slice(1).map((a, x) => row[x]! - a);
  }
  /** A guide with its edge between columns 19 and 20; the mask has its own between 21 and 22. */
  const edged = (left: Rgb, right: Rgb) => paint(width, height, (x) => (x < 20 ? left : right)).rgb;

  it('gives the mask blurred twice where the guide has no edges', () => {
    const alpha = alphaOf(paint(width, height, () => grey(153)).rgb, mask, 1e-4, 3);
    const blurred = boxMean({ width, height, data: boxMean({ width, height, data: Float32Array.from(mask) }, 3) }, 3);
    expect(furthest(alpha, blurred)).toBeLessThan(1e-3);
  });

  it.each<[string, Rgb, Rgb]>([
    ['light and dark', grey(204), grey(51)],
    ['dark and light', grey(51), grey(204)],
    ['two colours of the same brightness', [200, 70, 60], [40, 117, 65]],
  ])('moves the edge of alpha to the guide’s edge between %s', (_, left, right) => {
    const falls = fallsOf(alphaOf(edged(left, right), mask, 1e-4));
    expect(falls.indexOf(Math.max(...falls))).toBe(19);
    expect(falls[19]).toBeGreaterThan(0.35);
    expect(falls[21]).toBeLessThan(0.2);
  });

  it('smooths over an edge that is weak against epsilon', () => {
    const rgb = edged(grey(130), grey(125));
    const steepest = (epsilon: number) => Math.max(...fallsOf(alphaOf(rgb, mask, epsilon)));
    expect(steepest(1e-6)).toBeGreaterThan(0.35);
    expect(steepest(1e-2)).toBeLessThan(0.2);
  });

  it('leaves a full and an empty mask as they are, whatever the guide shows', () => {
    const { rgb } = paint(width, height, (x, y) => [(x * 7 + y * 3) & 255, (x * y) & 255, (y * 11) & 255]);
    for (const level of [0, 1]) {
      const flat = new Uint8Array(width * height).fill(level);
      expect(furthest(alphaOf(rgb, flat, 1e-4), Float32Array.from(flat))).toBeLessThan(1e-3);
    }
  });

  it('fits the mask by the colours of a window in the least squares', () => {
    const side = fc.integer({ min: 2, max: 7 });
    fc.assert(
      fc.property(side, side, fc.nat(), (w, h, seed) => {
        const guide = paint(w, h, (x, y) => [(x * seed) & 255, (y * (seed >> 3)) & 255, (x * y + seed) & 255]);
        const some = bytesOf(w, h, (x, y) => (x * 3 + (y >> 1) + seed) & 1);
        const epsilon = 1e-2;
        // With a radius beyond the picture every window is all of it, and so are the means of the coefficients.
        const { red, green, blue, offset } = guidedFilter(
          guide,
          { width: w, height: h, data: some },
          { radius: 7, epsilon },
        );
        const slopes = [red[0]!, green[0]!, blue[0]!];
        const colours = [0, 1, 2].map((c) => Array.from(some, (_, i) => guide.rgb[3 * i + c]! / 255));
        const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
        const product = (p: number[], q: number[]) => mean(p.map((value, i) => value * q[i]!)) - mean(p) * mean(q);
        for (const [c, colour] of colours.entries()) {
          const spread = slopes.reduce((sum, a, k) => sum + a * product(colour, colours[k]!), epsilon * slopes[c]!);
          expect(spread).toBeCloseTo(product(colour, Array.from(some)), 4);
        }
        const level = slopes.reduce((sum, a, c) => sum + a * mean(colours[c]!), offset[0]!);
        expect(level).toBeCloseTo(mean(Array.from(some)), 4);
      }),
    );
  });

  it('gives numbers for any guide and mask, also of one pixel', () => {
    const side = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 5 }), fc.nat(), (w, h, radius, seed) => {
        const guide = paint(w, h, (x, y) => [(x * seed) & 255, (y * seed) & 255, (x * y + seed) & 255]);
        const some = { width: w, height: h, data: bytesOf(w, h, (x, y) => (x * 3 + y + seed) & 1) };
        for (const plane of Object.values(guidedFilter(guide, some, { radius, epsilon: 1e-4 }))) {
          expect(plane).toHaveLength(w * h);
          expect(plane.every(Number.isFinite)).toBe(true);
        }
      }),
    );
  });
});
