import type { Box, Mask, Photo, Plane } from '../raster';
import { boundingBox, growBox, wholeOf } from './box';

export interface FilterSettings {
  /** Of the window around each pixel, pixels. */
  readonly radius: number;
  /** How weak an edge of the guide must be to be smoothed over: contrast of colours from 0 to 1, squared. */
  readonly epsilon: number;
}

/** Around every pixel alpha is about `red * R + green * G + blue * B + offset`, colours from 0 to 1. */
export interface Coefficients {
  readonly red: Float32Array;
  readonly green: Float32Array;
  readonly blue: Float32Array;
  readonly offset: Float32Array;
}

/** Sums over a window: of the colours, the mask, and their products. They are whole numbers, and exact. */
const MOMENTS = 13;

/**
 * The guided filter's coefficients for a colour guide (He, Sun, Tang, PAMI 2013), smoothed. They are computed at a
 * small size and applied at a large one (He, Sun, "Fast Guided Filter", 2015): alpha then follows the large photo's
 * edges. A guide of luma alone would not do: dress and street are often equally bright and never equally coloured.
 *
 * Where the mask is the same all over a window there is no edge to follow, and its value is the answer: most of a photo
 * costs next to nothing, and what no window of the mask reaches costs nothing.
 *
 * @param guide whose edges alpha follows
 * @param mask of the guide's size
 */
export function guidedFilter(guide: Photo, mask: Mask, { radius, epsilon }: FilterSettings): Coefficients {
  const { width, height } = guide;
  const plane = () => new Float32Array(width * height);
  const out = { red: plane(), green: plane(), blue: plane(), offset: plane() };
  const full = boundingBox(mask, 0);
  if (full === null) return out;
  const reached = growBox(full, guide, radius);
  const seen = growBox(reached, guide, radius);
  const columns = new Int32Array(MOMENTS * width);
  const sums = new Float64Array(MOMENTS);
  for (let y = seen.top - radius; y < reached.top + reached.height; y++) {
    // A row enters below, a row leaves above: each column's sums are those of the window around row y.
    if (y + radius < height) addRow(columns, guide, mask, seen, y + radius, 1);
    if (y - radius > seen.top) addRow(columns, guide, mask, seen, y - radius - 1, -1);
    if (y < reached.top) continue;
    const rows = Math.min(y + radius, height - 1) - Math.max(y - radius, 0) + 1;
    for (let x = reached.left; x < reached.left + reached.width; x++) {
      const left = Math.max(x - radius, 0);
      const right = Math.min(x + radius, width - 1);
      const pixels = rows * (right - left + 1);
      let inside = 0;
      for (let u = left; u <= right; u++) inside += columns[MOMENTS * u]!;
      if (inside === 0) continue;
      if (inside === pixels) {
        out.offset[y * width + x] = 1;
        continue;
      }
      sums.fill(0);
      for (let o = MOMENTS * left; o < MOMENTS * (right + 1); o += MOMENTS) {
        for (let k = 0; k < MOMENTS; k++) sums[k] = sums[k]! + columns[o + k]!;
      }
      solve(sums, pixels, epsilon, out, y * width + x);
    }
  }
  const mean = (data: Float32Array) => boxMean({ width, height, data }, radius, seen);
  return { red: mean(out.red), green: mean(out.green), blue: mean(out.blue), offset: mean(out.offset) };
}

/** Adds a row's colours, mask and products to the sums of its columns; with `sign` -1 takes them away again. */
function addRow(columns: Int32Array, { width, rgb }: Photo, mask: Mask, within: Box, row: number, sign: 1 | -1): void {
  const first = row * width + within.left;
  for (let i = first, o = MOMENTS * within.left; i < first + within.width; i++, o += MOMENTS) {
    const r = rgb[3 * i]!;
    const g = rgb[3 * i + 1]!;
    const b = rgb[3 * i + 2]!;
    const inside = sign * mask.data[i]!;
    columns[o] = columns[o]! + inside;
    columns[o + 1] = columns[o + 1]! + sign * r;
    columns[o + 2] = columns[o + 2]! + sign * g;
    columns[o + 3] = columns[o + 3]! + sign * b;
    columns[o + 4] = columns[o + 4]! + sign * r * r;
    columns[o + 5] = columns[o + 5]! + sign * r * g;
    columns[o + 6] = columns[o + 6]! + sign * r * b;
    columns[o + 7] = columns[o + 7]! + sign * g * g;
    columns[o + 8] = columns[o + 8]! + sign * g * b;
    columns[o + 9] = columns[o + 9]! + sign * b * b;
    columns[o + 10] = columns[o + 10]! + inside * r;
    columns[o + 11] = columns[o + 11]! + inside * g;
    columns[o + 12] = columns[o + 12]! + inside * b;
  }
}

/**
 * The coefficients of one window: those that come nearest to its mask, written to place `i`.
 *
 * @param sums in the order of `addRow`, colours from 0 to 255
 */
function solve(sums: Float64Array, pixels: number, epsilon: number, out: Coefficients, i: number): void {
  const colour = 1 / (255 * pixels);
  const square = colour / 255;
  const mm = sums[0]! / pixels;
  const mr = sums[1]! * colour;
  const mg = sums[2]! * colour;
  const mb = sums[3]! * colour;
  // Covariance of the colours, with epsilon on the diagonal, and of colours with mask.
  const rr = sums[4]! * square - mr * mr + epsilon;
  const rg = sums[5]! * square - mr * mg;
  const rb = sums[6]! * square - mr * mb;
  const gg = sums[7]! * square - mg * mg + epsilon;
  const gb = sums[8]! * square - mg * mb;
  const bb = sums[9]! * square - mb * mb + epsilon;
  const cr = sums[10]! * colour - mr * mm;
  const cg = sums[11]! * colour - mg * mm;
  const cb = sums[12]! * colour - mb * mm;
  // The symmetric 3 x 3 system, solved by cofactors.
  const c00 = gg * bb - gb * gb;
  const c01 = rb * gb - rg * bb;
  const c02 = rg * gb - rb * gg;
  const c11 = rr * bb - rb * rb;
  const c12 = rg * rb - rr * gb;
  const c22 = rr * gg - rg * rg;
  const determinant = rr * c00 + rg * c01 + rb * c02;
  const ar = (c00 * cr + c01 * cg + c02 * cb) / determinant;
  const ag = (c01 * cr + c11 * cg + c12 * cb) / determinant;
  const ab = (c02 * cr + c12 * cg + c22 * cb) / determinant;
  out.red[i] = ar;
  out.green[i] = ag;
  out.blue[i] = ab;
  out.offset[i] = mm - ar * mr - ag * mg - ab * mb;
}

/**
 * Mean over the square window of `2 * radius + 1` pixels around each pixel, cut off at the borders.
 * Running sums: the cost does not depend on the radius.
 *
 * @param within where means are asked for; beyond it they are 0, and values have to be
 */
export function boxMean(
  { width, height, data }: Plane,
  radius: number,
  within: Box = wholeOf({ width, height }),
): Float32Array {
  const out = new Float32Array(data.length);
  const columns = new Float64Array(width);
  const shares = sharesOf(width, radius);
  const portions = sharesOf(height, radius);
  const { left, top } = within;
  const [right, bottom] = [left + within.width, top + within.height];
  for (let y = top - radius; y < bottom; y++) {
    // A row enters below, a row leaves above: each column's sum is that of the window around row y.
    const enter = (y + radius) * width;
    const leave = (y - radius - 1) * width;
    if (y + radius < bottom) for (let x = left; x < right; x++) columns[x] = columns[x]! + data[enter + x]!;
    if (y - radius > top) for (let x = left; x < right; x++) columns[x] = columns[x]! - data[leave + x]!;
    if (y < top) continue;
    const row = y * width;
    const portion = portions[y]!;
    let sum = 0;
    for (let x = left; x < left + radius && x < right; x++) sum += columns[x]!;
    for (let x = left; x < right; x++) {
      if (x + radius < right) sum += columns[x + radius]!;
      if (x - radius > left) sum -= columns[x - radius - 1]!;
      out[row + x] = sum * shares[x]! * portion;
    }
  }
  return out;
}

/** One over the number of pixels in the window around each place of a line. */
function sharesOf(length: number, radius: number): Float64Array {
  const shares = new Float64Array(length);
  for (let i = 0; i < length; i++) shares[i] = 1 / (Math.min(i + radius, length - 1) - Math.max(i - radius, 0) + 1);
  return shares;
}
