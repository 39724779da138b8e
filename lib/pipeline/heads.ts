import type { Mask } from '../raster';

/** A head: the columns under it, in pixels of the mask; `right` inclusive. */
export interface Head {
  readonly left: number;
  readonly right: number;
}

/** How far the outline falls between two heads, as a share of the person's height: a head and a neck are a sixth. */
const VALLEY = 0.08;
/** How wide a head is at least at that depth, as a share of the person's height; a raised hand is narrower. */
const WIDTH = 0.06;

/**
 * Heads of people who stand side by side, from left to right: peaks of a group's upper outline.
 *
 * @param people of one connected group, upright
 */
export function headsOf({ width, height, data }: Mask): Head[] {
  const tops = new Float64Array(width).fill(height);
  let bottom = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (data[i] !== 1) continue;
      if (tops[x] === height) tops[x] = y;
      bottom = y + 1;
    }
  }
  if (bottom === 0) return [];
  const tall = bottom - Math.min(...tops);
  return peaksOf(tops, VALLEY * tall)
    .map((peak) => reach(tops, peak, VALLEY * tall))
    .filter(({ left, right }) => right - left + 1 >= WIDTH * tall);
}

/** Columns of the highest points between which the outline falls by at least `depth`. */
function peaksOf(tops: Float64Array, depth: number): number[] {
  const peaks: number[] = [];
  let best = 0;
  let lowest = 0;
  let rising = true;
  for (let x = 0; x < tops.length; x++) {
    const top = tops[x]!;
    if (rising) {
      if (top < tops[best]!) best = x;
      if (top < tops[best]! + depth) continue;
      peaks.push(best);
      rising = false;
      lowest = x;
    } else {
      if (top > tops[lowest]!) lowest = x;
      if (top > tops[lowest]! - depth) continue;
      rising = true;
      best = x;
    }
  }
  if (rising && tops[best]! < Math.max(...tops)) peaks.push(best);
  return peaks;
}

/** The columns around a peak that are less than `depth` below it. */
function reach(tops: Float64Array, peak: number, depth: number): Head {
  const inside = (x: number) => x >= 0 && x < tops.length && tops[x]! < tops[peak]! + depth;
  let [left, right] = [peak, peak];
  while (inside(left - 1)) left--;
  while (inside(right + 1)) right++;
  return { left, right };
}
