import type { Photo, Plane } from '../raster';

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

/**
 * The guided filter's coefficients for a colour guide (He, Sun, Tang, PAMI 2013), smoothed. They are computed at a
 * small size and applied at a large one (He, Sun, "Fast Guided Filter", 2015): alpha then follows the large photo's
 * edges. A guide of luma alone would not do: dress and street are often equally bright and never equally coloured.
 *
 * @param guide whose edges alpha follows
 * @param mask of the guide's size, 0 to 1
 */
export function guidedFilter(
  { width, height, rgb }: Photo,
  mask: Plane<ArrayLike<number>>,
  { radius, epsilon }: FilterSettings,
): Coefficients {
  const size = width * height;
  const [r, g, b] = channelsOf(rgb);
  const m = Float32Array.from(mask.data);
  const mean = (data: Float32Array) => boxMean({ width, height, data }, radius);
  const product = (p: Float32Array, q: Float32Array) => mean(times(p, q));

  const means = { r: mean(r), g: mean(g), b: mean(b), m: mean(m) };
  const squares = {
    rr: product(r, r),
    rg: product(r, g),
    rb: product(r, b),
    gg: product(g, g),
    gb: product(g, b),
    bb: product(b, b),
  };
  const withMask = { r: product(r, m), g: product(g, m), b: product(b, m) };
  const out = { red: r, green: g, blue: b, offset: m }; // the inputs are used up: their memory serves again
  for (let i = 0; i < size; i++) {
    const mr = means.r[i]!;
    const mg = means.g[i]!;
    const mb = means.b[i]!;
    const mm = means.m[i]!;
    // Covariance of the colours, with epsilon on the diagonal, and of colours with mask.
    const rr = squares.rr[i]! - mr * mr + epsilon;
    const rg = squares.rg[i]! - mr * mg;
    const rb = squares.rb[i]! - mr * mb;
    const gg = squares.gg[i]! - mg * mg + epsilon;
    const gb = squares.gb[i]! - mg * mb;
    const bb = squares.bb[i]! - mb * mb + epsilon;
    const cr = withMask.r[i]! - mr * mm;
    const cg = withMask.g[i]! - mg * mm;
    const cb = withMask.b[i]! - mb * mm;
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
  return { red: mean(out.red), green: mean(out.green), blue: mean(out.blue), offset: mean(out.offset) };
}

/** Three planes of one colour each, 0 to 1. */
function channelsOf(rgb: Uint8Array): [Float32Array, Float32Array, Float32Array] {
  const size = rgb.length / 3;
  const planes = [new Float32Array(size), new Float32Array(size), new Float32Array(size)] as const;
  const [r, g, b] = planes;
  for (let i = 0; i < size; i++) {
    r[i] = rgb[3 * i]! / 255;
    g[i] = rgb[3 * i + 1]! / 255;
    b[i] = rgb[3 * i + 2]! / 255;
  }
  return [r, g, b];
}

function times(p: Float32Array, q: Float32Array): Float32Array {
  const out = new Float32Array(p.length);
  for (let i = 0; i < out.length; i++) out[i] = p[i]! * q[i]!;
  return out;
}

/**
 * Mean over the square window of `2 * radius + 1` pixels around each pixel, cut off at the borders.
 * Running sums: the cost does not depend on the radius.
 */
export function boxMean({ width, height, data: values }: Plane, radius: number): Float32Array {
  const across = new Float32Array(values.length);
  const shares = sharesOf(width, radius);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let sum = 0;
    for (let x = 0; x < radius && x < width; x++) sum += values[row + x]!;
    for (let x = 0; x < width; x++) {
      if (x + radius < width) sum += values[row + x + radius]!;
      if (x > radius) sum -= values[row + x - radius - 1]!;
      across[row + x] = sum * shares[x]!;
    }
  }
  const out = new Float32Array(values.length);
  const sums = new Float64Array(width);
  const portions = sharesOf(height, radius);
  for (let y = -radius; y < height; y++) {
    // A row enters below, a row leaves above, and the sums of the columns are the window around row y.
    const enter = (y + radius) * width;
    const leave = (y - radius - 1) * width;
    if (y + radius < height) for (let x = 0; x < width; x++) sums[x] = sums[x]! + across[enter + x]!;
    if (leave >= 0) for (let x = 0; x < width; x++) sums[x] = sums[x]! - across[leave + x]!;
    if (y < 0) continue;
    const portion = portions[y]!;
    for (let x = 0; x < width; x++) out[y * width + x] = sums[x]! * portion;
  }
  return out;
}

/** One over the number of pixels in the window around each place of a line. */
function sharesOf(length: number, radius: number): Float64Array {
  const shares = new Float64Array(length);
  for (let i = 0; i < length; i++) shares[i] = 1 / (Math.min(i + radius, length - 1) - Math.max(i - radius, 0) + 1);
  return shares;
}
