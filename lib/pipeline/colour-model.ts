/** GrabCut describes each side's colours by this many Gaussians. */
const COMPONENTS = 5;
/** Colours to learn from: more change the mask by less than JPEG noise does, and k-means is most of GrabCut's time. */
const SAMPLES = 1500;
const ROUNDS = 6;
/** A cluster of one single colour has no spread; OpenCV would refuse to invert it. */
const LEAST_VARIANCE = 1;

/** Length of OpenCV's flat form of the mixture: weights, then means, then covariances. */
export const MODEL_LENGTH = COMPONENTS * (1 + 3 + 9);

/**
 * A mixture of Gaussians for the colours of one side of a trimap, in the flat form of OpenCV's GrabCut.
 *
 * OpenCV's own start clusters every pixel from random seeds, which costs about half of a call and makes the
 * mask depend on chance. This one clusters an even sample, seeded at the sample's quantiles of brightness, so the
 * same pixels always give the same model. GrabCut learns the model anew from all pixels before it cuts.
 *
 * @param rgb `3 * n` bytes
 * @param belongs does pixel i count to this side?
 * @returns `MODEL_LENGTH` doubles: 5 weights, 5 means of 3, 5 covariances of 9
 */
export function colourModel(rgb: Uint8Array, belongs: (pixel: number) => boolean): Float64Array {
  const samples = sample(rgb, belongs);
  const count = samples.length / 3;
  const centres = seeds(samples, count);
  const nearest = new Uint8Array(count);
  for (let round = 0; round < ROUNDS; round++) {
    assign(samples, centres, nearest);
    recentre(samples, nearest, centres);
  }
  return gaussians(samples, nearest, count);
}

function sample(rgb: Uint8Array, belongs: (pixel: number) => boolean): Float64Array {
  const pixels = rgb.length / 3;
  const members: number[] = [];
  for (let i = 0; i < pixels; i++) if (belongs(i)) members.push(i);
  const step = Math.max(1, members.length / SAMPLES);
  const count = Math.min(members.length, SAMPLES);
  const out = new Float64Array(3 * count);
  for (let k = 0; k < count; k++) {
    const i = 3 * (members[Math.floor(k * step)] as number);
    out[3 * k] = rgb[i] as number;
    out[3 * k + 1] = rgb[i + 1] as number;
    out[3 * k + 2] = rgb[i + 2] as number;
  }
  return out;
}

function seeds(samples: Float64Array, count: number): Float64Array {
  const brightness = (k: number) =>
    (samples[3 * k] as number) + (samples[3 * k + 1] as number) + (samples[3 * k + 2] as number);
  const order = Array.from({ length: count }, (_, k) => k).sort((a, b) => brightness(a) - brightness(b) || a - b);
  const centres = new Float64Array(3 * COMPONENTS);
  for (let c = 0; c < COMPONENTS; c++) {
    const k = order[Math.floor(((c + 0.5) * count) / COMPONENTS)] ?? 0;
    centres.set(samples.subarray(3 * k, 3 * k + 3), 3 * c);
  }
  return centres;
}

function assign(samples: Float64Array, centres: Float64Array, nearest: Uint8Array): void {
  for (let k = 0; k < nearest.length; k++) {
    let best = Number.POSITIVE_INFINITY;
    for (let c = 0; c < COMPONENTS; c++) {
      const r = (samples[3 * k] as number) - (centres[3 * c] as number);
      const g = (samples[3 * k + 1] as number) - (centres[3 * c + 1] as number);
      const b = (samples[3 * k + 2] as number) - (centres[3 * c + 2] as number);
      const distance = r * r + g * g + b * b;
      if (distance < best) {
        best = distance;
        nearest[k] = c;
      }
    }
  }
}

function recentre(samples: Float64Array, nearest: Uint8Array, centres: Float64Array): void {
  const sums = new Float64Array(3 * COMPONENTS);
  const counts = new Float64Array(COMPONENTS);
  for (let k = 0; k < nearest.length; k++) {
    const c = nearest[k] as number;
    counts[c] = (counts[c] as number) + 1;
    for (let i = 0; i < 3; i++) sums[3 * c + i] = (sums[3 * c + i] as number) + (samples[3 * k + i] as number);
  }
  // A cluster that lost everybody keeps its place and may win somebody back.
  for (let i = 0; i < sums.length; i++) {
    const n = counts[Math.floor(i / 3)] as number;
    if (n > 0) centres[i] = (sums[i] as number) / n;
  }
}

/** Weight, mean and covariance of each cluster, from sums gathered in one pass. */
function gaussians(samples: Float64Array, nearest: Uint8Array, count: number): Float64Array {
  const members = new Float64Array(COMPONENTS);
  const sums = new Float64Array(3 * COMPONENTS);
  const products = new Float64Array(9 * COMPONENTS);
  for (let k = 0; k < count; k++) {
    const c = nearest[k] as number;
    members[c] = (members[c] as number) + 1;
    for (let i = 0; i < 3; i++) {
      const value = samples[3 * k + i] as number;
      sums[3 * c + i] = (sums[3 * c + i] as number) + value;
      for (let j = 0; j < 3; j++) {
        const o = 9 * c + 3 * i + j;
        products[o] = (products[o] as number) + value * (samples[3 * k + j] as number);
      }
    }
  }
  const model = new Float64Array(MODEL_LENGTH);
  for (let c = 0; c < COMPONENTS; c++) {
    const n = members[c] as number;
    if (n === 0) continue; // weight 0: OpenCV leaves it out
    const mean = [0, 1, 2].map((i) => (sums[3 * c + i] as number) / n);
    model[c] = n / count;
    model.set(mean, COMPONENTS + 3 * c);
    for (let o = 0; o < 9; o++) {
      const [i, j] = [Math.floor(o / 3), o % 3];
      const covariance = (products[9 * c + o] as number) / n - (mean[i] as number) * (mean[j] as number);
      model[4 * COMPONENTS + 9 * c + o] = covariance + (i === j ? LEAST_VARIANCE : 0);
    }
  }
  return model;
}
