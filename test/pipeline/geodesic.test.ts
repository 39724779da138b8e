import fc from 'fast-check';
import { geodesicDistance, type Terrain } from '../../lib/pipeline/geodesic';

/** A terrain of one colour where every step costs the same. */
function even(width: number, height: number): Terrain {
  const size = width * height;
  return { width, height, cost: new Float32Array(size).fill(1), lab: new Float32Array(3 * size), contrast: 10 };
}

/** The plain way: relax every neighbour until nothing changes. */
function plain({ width, height, cost, lab, contrast }: Terrain, seed: number): number[] {
  const distance = Array.from({ length: width * height }, (_, i) => (i === seed ? 0 : Number.POSITIVE_INFINITY));
  for (let changed = true; changed; ) {
    changed = false;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const i = y * width + x;
        for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
          for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
            const j = v * width + u;
            const edge = Math.hypot(...[0, 1, 2].map((c) => lab[3 * i + c]! - lab[3 * j + c]!));
            const way = distance[j]! + Math.hypot(x - u, y - v) * cost[i]! + contrast * edge;
            if (way < distance[i]! - 1e-9) {
              distance[i] = way;
              changed = true;
            }
          }
        }
      }
    }
  }
  return distance;
}

describe('geodesicDistance', () => {
  it('is the way of a king on a board where every step costs the same', () => {
    const distance = geodesicDistance(even(9, 7), (i) => i === 0, 100);
    expect(distance[8]).toBeCloseTo(8);
    expect(distance[9 * 6 + 8]).toBeCloseTo(6 * Math.SQRT2 + 2, 5);
  });

  it('leads around a wall, and never through it', () => {
    const terrain = even(9, 9);
    for (let y = 0; y < 8; y++) terrain.cost[9 * y + 4] = Number.POSITIVE_INFINITY;
    const distance = geodesicDistance(terrain, (i) => i === 0, 100);
    expect(distance[4]).toBe(Number.POSITIVE_INFINITY);
    expect(distance[8]).toBeCloseTo(plain(terrain, 0)[8]!, 5);
    expect(distance[8]).toBeGreaterThan(15);
  });

  const level = fc.double({ min: 0, max: 0.4, noNaN: true });
  /** Six by six pixels of any shades, and one of them. */
  const pictures = fc.tuple(fc.array(level, { minLength: 36, maxLength: 36 }), fc.nat(35));
  const ways = ([levels, seed]: readonly [readonly number[], number]) => {
    const lab = Float32Array.from({ length: 108 }, (_, i) => levels[Math.floor(i / 3)]!);
    const terrain = { ...even(6, 6), contrast: 3, lab };
    const found = geodesicDistance(terrain, (i) => i === seed, 1000);
    return plain(terrain, seed).map((cheapest, i) => ({ cheapest, found: found[i]! }));
  };

  it('is never shorter than the cheapest way', () => {
    fc.assert(
      fc.property(pictures, (picture) => {
        expect(ways(picture).filter(({ cheapest, found }) => found < cheapest - 1e-4)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('is the cheapest way nearly everywhere: four sweeps follow few turns', () => {
    // Always the same pictures: in some maze a way is longer than it need be, by any amount.
    const all = fc.sample(pictures, { seed: 1, numRuns: 300 }).flatMap(ways);
    const longer = all.filter(({ cheapest, found }) => found > 1.1 * cheapest + 1e-4);
    expect(longer.length / all.length).toBeLessThan(0.001);
  });

  it('gives what it gives without a limit, as far as the limit, and nothing farther out than one more step', () => {
    const terrain = even(40, 30);
    const isSeed = (i: number) => i === 15 * 40 + 20 || i === 15 * 40 + 23;
    const all = geodesicDistance(terrain, isSeed, Number.POSITIVE_INFINITY);
    for (const most of [0, 1, 4.5, 12, 100]) {
      const some = geodesicDistance(terrain, isSeed, most);
      all.forEach((distance, i) => {
        if (distance <= most) expect(some[i]).toBe(distance);
        if (distance > most + 1.5) expect(some[i]).toBe(Number.POSITIVE_INFINITY);
      });
    }
  });

  it('leads nowhere where there is no seed', () => {
    const none = geodesicDistance(even(5, 4), () => false, 10);
    expect(none).toEqual(new Float32Array(20).fill(Number.POSITIVE_INFINITY));
  });
});
