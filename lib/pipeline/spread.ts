import type { Mask, Photo, Plane } from '../raster';

/** What a step from one pixel to the next costs for each level by which their colours differ, beside 1 for the step. */
const COLOUR_COST = 0.1;
/** Costs are whole numbers of this many parts, so that what comes next is found in a ring of buckets. */
const PARTS = 8;
const LONGEST = Math.ceil(PARTS * (1 + COLOUR_COST * 3 * 255)) + 1;

/**
 * Labels spread from where they are to the pixels that are nearest, inside a mask: along the mask, and sooner to pixels
 * of the same colour than across an edge (Dijkstra's shortest paths from many sources, on Dial's buckets).
 *
 * @param labels of the mask's size, 0 where there is none yet; at most 255 of them
 * @param photo of the mask's size; `null`: colours do not count
 * @returns a label for every pixel of the mask that a path leads to, 0 elsewhere
 */
export function spread(labels: Plane<Uint8Array>, mask: Mask, photo: Photo | null): Plane<Uint8Array> {
  const { width, height } = labels;
  const out = labels.data.slice();
  const costs = new Float64Array(out.length).fill(Number.POSITIVE_INFINITY);
  const buckets: number[][] = Array.from({ length: LONGEST }, () => []);
  let waiting = 0;
  const offer = (pixel: number, label: number, cost: number) => {
    if (cost >= costs[pixel]!) return;
    costs[pixel] = cost;
    out[pixel] = label;
    buckets[cost % LONGEST]!.push(pixel);
    waiting++;
  };
  for (let i = 0; i < out.length; i++) if (out[i] !== 0) offer(i, out[i]!, 0);
  for (let cost = 0; waiting > 0; cost++) {
    const bucket = buckets[cost % LONGEST]!;
    for (let pixel = bucket.pop(); pixel !== undefined; pixel = bucket.pop()) {
      waiting--;
      if (costs[pixel] !== cost) continue;
      const x = pixel % width;
      const label = out[pixel]!;
      const from = pixel;
      const step = (to: number) => {
        if (mask.data[to] === 1) offer(to, label, cost + stepCost(photo, from, to));
      };
      if (x > 0) step(pixel - 1);
      if (x < width - 1) step(pixel + 1);
      if (pixel >= width) step(pixel - width);
      if (pixel < width * (height - 1)) step(pixel + width);
    }
  }
  return { width, height, data: out };
}

function stepCost(photo: Photo | null, from: number, to: number): number {
  if (photo === null) return PARTS;
  const { rgb } = photo;
  const [a, b] = [3 * from, 3 * to];
  const difference =
    Math.abs(rgb[a]! - rgb[b]!) + Math.abs(rgb[a + 1]! - rgb[b + 1]!) + Math.abs(rgb[a + 2]! - rgb[b + 2]!);
  return Math.round(PARTS * (1 + COLOUR_COST * difference));
}
