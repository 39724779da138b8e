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
 * @param rgb the guide, `3 * width * height` bytes
 * @param mask `width * height` values, 0 to 1
 * @param radius of the window, pixels
 * @param epsilon how weak an edge of the guide must be to be smoothed over, in squared units of colour (0 to 1)
 */
export function guidedFilter(
  rgb: Uint8Array,
  mask: ArrayLike<number>,
  width: number,
  height: number,
  radius: number,
  epsilon: number,
): Coefficients {
  const size = width * height;
  const [r, g, b] = channelsOf(rgb);
  const m = Float32Array.from(mask);
  const mean = (values: Float32Array) => boxMean(values, width, height, radius);
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
    const mr = means.r[i] as number;
    const mg = means.g[i] as number;
    const mb = means.b[i] as number;
    const mm = means.m[i] as number;
    // Covariance of the colours, with epsilon on the diagonal, and of colours with mask.
    const rr = (squares.rr[i] as number) - mr * mr + epsilon;
    const rg = (squares.rg[i] as number) - mr * mg;
    const rb = (squares.rb[i] as number) - mr * mb;
    const gg = (squares.gg[i] as number) - mg * mg + epsilon;
    const gb = (squares.gb[i] as number) - mg * mb;
    const bb = (squares.bb[i] as number) - mb * mb + epsilon;
    const cr = (withMask.r[i] as number) - mr * mm;
    const cg = (withMask.g[i] as number) - mg * mm;
    const cb = (withMask.b[i] as number) - mb * mm;
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
    r[i] = (rgb[3 * i] as number) / 255;
    g[i] = (rgb[3 * i + 1] as number) / 255;
    b[i] = (rgb[3 * i + 2] as number) / 255;
  }
  return [r, g, b];
}

function times(p: Float32Array, q: Float32Array): Float32Array {
  const out = new Float32Array(p.length);
  for (let i = 0; i < out.length; i++) out[i] = (p[i] as number) * (q[i] as number);
  return out;
}

/**
 * Mean over the square window of `2 * radius + 1` pixels around each pixel, cut off at the borders.
 * Running sums: the cost does not depend on the radius.
 */
export function boxMean(values: Float32Array, width: number, height: number, radius: number): Float32Array {
  const across = new Float32Array(values.length);
  const shares = sharesOf(width, radius);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let sum = 0;
    for (let x = 0; x < radius && x < width; x++) sum += values[row + x] as number;
    for (let x = 0; x < width; x++) {
      if (x + radius < width) sum += values[row + x + radius] as number;
      if (x > radius) sum -= values[row + x - radius - 1] as number;
      across[row + x] = sum * (shares[x] as number);
    }
  }
  const out = new Float32Array(values.length);
  const sums = new Float64Array(width);
  const portions = sharesOf(height, radius);
  for (let y = -radius; y < height; y++) {
    // A row enters below, a row leaves above, and the sums of the columns are the window around row y.
    const enter = (y + radius) * width;
    const leave = (y - radius - 1) * width;
    if (y + radius < height)
      for (let x = 0; x < width; x++) sums[x] = (sums[x] as number) + (across[enter + x] as number);
    if (leave >= 0) for (let x = 0; x < width; x++) sums[x] = (sums[x] as number) - (across[leave + x] as number);
    if (y < 0) continue;
    const portion = portions[y] as number;
    for (let x = 0; x < width; x++) out[y * width + x] = (sums[x] as number) * portion;
  }
  return out;
}

/** One over the number of pixels in the window around each place of a line. */
function sharesOf(length: number, radius: number): Float64Array {
  const shares = new Float64Array(length);
  for (let i = 0; i < length; i++) shares[i] = 1 / (Math.min(i + radius, length - 1) - Math.max(i - radius, 0) + 1);
  return shares;
}
