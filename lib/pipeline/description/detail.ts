import type { DressPixels } from './dress-pixels';

/** How far a dress's pixels are from the mean of their neighbourhood, in OKLab. */
export interface Detail {
  /** One value a pixel inside, in their order: the difference in lightness, with its sign, */
  readonly lightness: readonly number[];
  /** and the distance in a and b. */
  readonly chroma: readonly number[];
}

/**
 * @param reach pixels on each side that a neighbourhood has; of them only those inside the dress count
 */
export function detail({ width, height, lab, inside }: DressPixels, reach: number): Detail {
  const lightness: number[] = [];
  const chroma: number[] = [];
  const means = [0, 1, 2].map((channel) => boxMeans(width, height, inside, (i) => lab[3 * i + channel] ?? 0, reach));
  for (const i of inside.keys()) {
    if (inside[i] !== 1) continue;
    const [l = 0, a = 0, b = 0] = means.map((mean, channel) => (lab[3 * i + channel] ?? 0) - (mean[i] ?? 0));
    lightness.push(l);
    chroma.push(Math.hypot(a, b));
  }
  return { lightness, chroma };
}

/** The mean of every pixel's neighbourhood, by sums over all pixels above and to the left. */
function boxMeans(
  width: number,
  height: number,
  inside: Uint8Array,
  value: (i: number) => number,
  reach: number,
): Float32Array {
  const stride = width + 1;
  const sums = new Float64Array(stride * (height + 1));
  const counts = new Float64Array(sums.length);
  for (let y = 0, i = 0; y < height; y++) {
    let [sum, count] = [0, 0];
    for (let x = 0; x < width; x++, i++) {
      if (inside[i] === 1) [sum, count] = [sum + value(i), count + 1];
      const at = (y + 1) * stride + x + 1;
      sums[at] = (sums[at - stride] ?? 0) + sum;
      counts[at] = (counts[at - stride] ?? 0) + count;
    }
  }
  const means = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const [top, bottom] = [stride * Math.max(0, y - reach), stride * Math.min(height, y + reach + 1)];
    for (let x = 0; x < width; x++, i++) {
      const [left, right] = [Math.max(0, x - reach), Math.min(width, x + reach + 1)];
      const within = (of: Float64Array) =>
        (of[bottom + right] ?? 0) - (of[top + right] ?? 0) - (of[bottom + left] ?? 0) + (of[top + left] ?? 0);
      means[i] = within(sums) / Math.max(1, within(counts));
    }
  }
  return means;
}
