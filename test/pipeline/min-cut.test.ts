import fc from 'fast-check';
import { DIRECTIONS, minCut, type Network } from '../../lib/pipeline/min-cut';

/** A rectangle of pixels, each joined to its eight neighbours by what `weight` says. */
function grid(width: number, height: number, weights: readonly number[], terminals: readonly number[]): Network {
  const count = width * height;
  const neighbours = new Int32Array(8 * count).fill(-1);
  const capacities = new Float64Array(8 * count);
  let next = 0;
  for (let p = 0; p < count; p++) {
    DIRECTIONS.forEach(([dx, dy], d) => {
      const [x, y] = [(p % width) + dx, Math.floor(p / width) + dy];
      if (x < 0 || x >= width || y < 0 || y >= height) return;
      const q = y * width + x;
      neighbours[8 * p + d] = q;
      if (q > p) return;
      const weight = weights[next++ % weights.length]!;
      capacities[8 * p + d] = weight;
      capacities[8 * q + 7 - d] = weight;
    });
  }
  return { neighbours, capacities, terminals: Float64Array.from(terminals.slice(0, count)) };
}

/** What a cut costs: what the terminals give to the other side, and what joins pixels of both sides. */
function costOf({ neighbours, capacities, terminals }: Network, side: ArrayLike<number>): number {
  let cost = 0;
  for (let p = 0; p < terminals.length; p++) {
    cost += side[p] === 1 ? Math.max(0, -terminals[p]!) : Math.max(0, terminals[p]!);
    if (side[p] !== 1) continue;
    for (let a = 8 * p; a < 8 * p + 8; a++)
      if (neighbours[a]! >= 0 && side[neighbours[a]!] === 0) cost += capacities[a]!;
  }
  return cost;
}

const copyOf = ({ neighbours, capacities, terminals }: Network): Network => ({
  neighbours,
  capacities: capacities.slice(),
  terminals: terminals.slice(),
});

/** Whole numbers, so that cuts cost the same or clearly differ; zeros among them. */
const weights = fc.array(fc.nat(9), { minLength: 1, maxLength: 42 });
const terminals = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 12, maxLength: 12 });

describe('minCut', () => {
  it('finds the cheapest of all cuts, and of those the one with the fewest pixels on the side of the source', () => {
    fc.assert(
      fc.property(fc.constantFrom([4, 3], [2, 6], [12, 1], [1, 12]), weights, terminals, ([width, height], w, t) => {
        const network = grid(width!, height!, w, t);
        const cut = minCut(copyOf(network));
        let least = Number.POSITIVE_INFINITY;
        let fewest = 0;
        for (let cuts = 0; cuts < 2 ** 12; cuts++) {
          const side = Array.from({ length: 12 }, (_, p) => (cuts >> p) & 1);
          const cost = costOf(network, side);
          const pixels = side.reduce((sum, one) => sum + one, 0);
          if (cost < least || (cost === least && pixels < fewest)) [least, fewest] = [cost, pixels];
        }
        expect(costOf(network, cut)).toBe(least);
        expect(cut.reduce((sum, one) => sum + one, 0)).toBe(fewest);
      }),
      { numRuns: 60 },
    );
  });

  it('finds it where flow has far to go: what one end has and the other wants is told apart at the weakest link', () => {
    const weak = 700;
    const count = 1000;
    const capacities = new Float64Array(8 * count);
    const neighbours = new Int32Array(8 * count).fill(-1);
    for (let p = 1; p < count; p++) {
      neighbours[8 * p + 3] = p - 1;
      neighbours[8 * (p - 1) + 4] = p;
      capacities[8 * p + 3] = p === weak ? 0.25 : 1 + p / count;
      capacities[8 * (p - 1) + 4] = capacities[8 * p + 3]!;
    }
    const ends = new Float64Array(count);
    [ends[0], ends[count - 1]] = [50, -50];
    const cut = minCut({ neighbours, capacities, terminals: ends });
    expect(cut.indexOf(0)).toBe(weak);
    expect(cut.indexOf(1, weak)).toBe(-1);
  });

  it('follows the terminals where nothing is joined, and has no side for who has none', () => {
    expect(minCut(grid(4, 1, [0], [3, -2, 0, 0.5]))).toEqual(Uint8Array.of(1, 0, 0, 1));
    expect(minCut(grid(0, 0, [1], []))).toHaveLength(0);
    expect(minCut(grid(1, 1, [1], [-1]))).toEqual(Uint8Array.of(0));
  });

  it('comes to an end on numbers with fractions, cheaper than any cut with one pixel changed', () => {
    const fraction = fc.double({ min: 0, max: 12, noNaN: true });
    const signed = fc.double({ min: -30, max: 30, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fraction, { minLength: 200, maxLength: 200 }),
        fc.array(signed, { minLength: 400, maxLength: 400 }),
        (w, t) => {
          const network = grid(20, 20, w, t);
          const cut = minCut(copyOf(network));
          const least = costOf(network, cut);
          for (let p = 0; p < cut.length; p++) {
            const other = cut.slice();
            other[p] = 1 - other[p]!;
            expect(costOf(network, other)).toBeGreaterThan(least - 1e-9 * least);
          }
        },
      ),
      { numRuns: 10 },
    );
  });
});
