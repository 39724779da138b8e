import type { DressPixels } from './dress-pixels';

/** One of a dress's colours before it has a name. */
export interface Cluster {
  /** OKLab. */
  readonly l: number;
  readonly a: number;
  readonly b: number;
  /** Share of the pixels, 0 to 1. */
  readonly share: number;
}

/** How much lightness counts beside hue: a fold is darker, and the same colour. */
const LIGHTNESS = 0.5;
const CLUSTERS = 6;
const ROUNDS = 12;

/** The dress's pixels in at most six groups of like colour (k-means), the largest first. The same in, the same out. */
export function clusters({ lab, inside }: DressPixels): Cluster[] {
  const pixels = Array.from(inside.keys()).filter((i) => inside[i] === 1);
  const points = new Float32Array(3 * pixels.length);
  for (const [n, i] of pixels.entries()) {
    points.set([LIGHTNESS * (lab[3 * i] ?? 0), lab[3 * i + 1] ?? 0, lab[3 * i + 2] ?? 0], 3 * n);
  }
  let centres = seeds(points);
  let sums = gather(points, centres);
  for (let round = 0; round < ROUNDS; round++) {
    centres = sums.map((sum) => sum.slice(0, 3).map((value) => value / (sum[3] ?? 1)));
    sums = gather(points, centres);
  }
  return sums
    .map(([l = 0, a = 0, b = 0, n = 1]) => ({ l: l / n / LIGHTNESS, a: a / n, b: b / n, share: n / pixels.length }))
    .sort((one, other) => other.share - one.share);
}

/** Begin with the mean, then ever the point that is furthest from all so far: no chance in it. */
function seeds(points: Float32Array): number[][] {
  const mean = [0, 1, 2].map((c) => {
    let sum = 0;
    for (let i = c; i < points.length; i += 3) sum += points[i] ?? 0;
    return (3 * sum) / points.length;
  });
  const centres = [mean];
  while (centres.length < CLUSTERS) {
    let furthest = 0;
    let distance = 0;
    for (let i = 0; i < points.length; i += 3) {
      const [, away] = nearest(points, i, centres);
      if (away > distance) [furthest, distance] = [i, away];
    }
    if (distance === 0) break;
    centres.push(Array.from(points.subarray(furthest, furthest + 3)));
  }
  return centres;
}

/** Sums of each centre's points, and their number; centres without any are left out. */
function gather(points: Float32Array, centres: readonly number[][]): number[][] {
  const sums = centres.map(() => [0, 0, 0, 0]);
  for (let i = 0; i < points.length; i += 3) {
    const sum = sums[nearest(points, i, centres)[0]] ?? [];
    for (let c = 0; c < 3; c++) sum[c] = (sum[c] ?? 0) + (points[i + c] ?? 0);
    sum[3] = (sum[3] ?? 0) + 1;
  }
  return sums.filter(([, , , n]) => n !== 0);
}

/** The centre next to a point, and the square of its distance. */
function nearest(points: Float32Array, i: number, centres: readonly number[][]): [index: number, distance: number] {
  let index = 0;
  let distance = Number.POSITIVE_INFINITY;
  for (const [c, [l = 0, a = 0, b = 0]] of centres.entries()) {
    const away = ((points[i] ?? 0) - l) ** 2 + ((points[i + 1] ?? 0) - a) ** 2 + ((points[i + 2] ?? 0) - b) ** 2;
    if (away < distance) [index, distance] = [c, away];
  }
  return [index, distance];
}
