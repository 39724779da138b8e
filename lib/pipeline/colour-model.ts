import { clusterColours, sampleColours } from './colour-clusters';

/** Each side's colours are described by at most this many Gaussians; GrabCut's fifth is for all other colours. */
const COLOURS = 4;
const COMPONENTS = 5;
/** This share of a side's pixels may have any colour at all. */
const OUTLIERS = 0.01;
/** A cluster of one single colour has no spread; OpenCV would refuse to invert it. */
const LEAST_VARIANCE = 1;
/** As good as even over all colours. */
const BOUNDLESS = 1e9;

/** Length of OpenCV's flat form of the mixture: weights, then means, then covariances. */
export const MODEL_LENGTH = COMPONENTS * (1 + 3 + 9);

/** One kind of colour: its share, its mean (3) and its covariance (9, row by row), in levels from 0 to 255. */
export interface Gaussian {
  readonly weight: number;
  readonly mean: readonly number[];
  readonly covariance: readonly number[];
}

/**
 * A mixture of Gaussians for the colours of one side of a trimap.
 *
 * OpenCV's own start clusters every pixel from random seeds, which costs about half of a call and makes the
 * mask depend on chance. This one clusters an even sample, seeded at the sample's quantiles of brightness, so the
 * same pixels always give the same model; then each colour joins the Gaussian that explains it best, once.
 *
 * @param rgb `3 * n` bytes
 * @param belongs does pixel i count to this side?
 * @returns one to four Gaussians, whose weights add up to 1; none where nothing belongs
 */
export function colourModel(rgb: Uint8Array, belongs: (pixel: number) => boolean): Gaussian[] {
  const samples = sampleColours(rgb, belongs);
  const nearest = clusterColours(samples, COLOURS);
  assignToLikeliest(samples, gaussians(samples, nearest), nearest);
  return gaussians(samples, nearest);
}

/**
 * The mixture in the flat form of OpenCV's GrabCut, with every likelihood raised to a power.
 *
 * GrabCut weighs colours against smooth outlines by one number, gamma, which OpenCV fixes at 50. Likelihoods to the
 * power p are the same as gamma divided by p: the covariances shrink by p, and the weights, which OpenCV does not
 * expect to add up to 1, make good for it. The fifth component is even over all colours, so that no colour is
 * impossible: two impossible sides are infinities that OpenCV would subtract from each other.
 *
 * @param power above 0; 1 changes nothing, and beyond 30 likelihoods would be too small for doubles
 * @returns `MODEL_LENGTH` doubles: 5 weights, 5 means of 3, 5 covariances of 9
 */
export function forOpenCv(colours: readonly Gaussian[], power: number): Float64Array {
  const model = new Float64Array(MODEL_LENGTH);
  const put = (c: number, weight: number, mean: readonly number[], covariance: readonly number[]) => {
    model[c] = weight;
    model.set(mean, COMPONENTS + 3 * c);
    model.set(covariance, 4 * COMPONENTS + 9 * c);
  };
  for (const [c, { weight, mean, covariance }] of colours.entries()) {
    const spread = Math.sqrt(inverse(covariance).determinant);
    const peak = ((1 - OUTLIERS) * weight) / spread;
    const shrunk = covariance.map((value) => value / power);
    put(c, peak ** power * spread * power ** -1.5, mean, shrunk);
  }
  // OpenCV leaves the (2 pi)^(3/2) out of its densities, so an even one has to be larger by it.
  const even = (OUTLIERS / 256 ** 3) * (2 * Math.PI) ** 1.5;
  const boundless = [BOUNDLESS, 0, 0, 0, BOUNDLESS, 0, 0, 0, BOUNDLESS];
  put(COLOURS, even ** power * BOUNDLESS ** 1.5, [127.5, 127.5, 127.5], boundless);
  return model;
}

/** Each colour to the Gaussian under which it is likeliest. */
function assignToLikeliest(samples: Float64Array, colours: readonly Gaussian[], nearest: Uint8Array): void {
  const best = new Float64Array(nearest.length).fill(Number.NEGATIVE_INFINITY);
  for (const [c, { weight, mean, covariance }] of colours.entries()) {
    const { determinant, matrix } = inverse(covariance);
    const [rr = 0, rg = 0, rb = 0, , gg = 0, gb = 0, , , bb = 0] = matrix;
    const [r0 = 0, g0 = 0, b0 = 0] = mean;
    const peak = Math.log(weight) - 0.5 * Math.log(determinant);
    for (let k = 0; k < nearest.length; k++) {
      const r = samples[3 * k]! - r0;
      const g = samples[3 * k + 1]! - g0;
      const b = samples[3 * k + 2]! - b0;
      const distance = rr * r * r + gg * g * g + bb * b * b + 2 * (rg * r * g + rb * r * b + gb * g * b);
      const likelihood = peak - 0.5 * distance;
      if (likelihood > best[k]!) {
        best[k] = likelihood;
        nearest[k] = c;
      }
    }
  }
}

/** Weight, mean and covariance of each cluster that has members, from sums gathered in one pass. */
function gaussians(samples: Float64Array, nearest: Uint8Array): Gaussian[] {
  const members = new Float64Array(COLOURS);
  const sums = new Float64Array(3 * COLOURS);
  const products = new Float64Array(9 * COLOURS);
  for (let k = 0; k < nearest.length; k++) {
    const c = nearest[k]!;
    members[c] = members[c]! + 1;
    for (let i = 0; i < 3; i++) {
      const value = samples[3 * k + i]!;
      sums[3 * c + i] = sums[3 * c + i]! + value;
      for (let j = 0; j < 3; j++) {
        const o = 9 * c + 3 * i + j;
        products[o] = products[o]! + value * samples[3 * k + j]!;
      }
    }
  }
  const found: Gaussian[] = [];
  for (let c = 0; c < COLOURS; c++) {
    const n = members[c]!;
    if (n === 0) continue;
    const mean = Array.from(sums.subarray(3 * c, 3 * c + 3), (sum) => sum / n);
    const covariance = Array.from(products.subarray(9 * c, 9 * c + 9), (product, o) => {
      const [i, j] = [Math.floor(o / 3), o % 3];
      return product / n - mean[i]! * mean[j]! + (i === j ? LEAST_VARIANCE : 0);
    });
    found.push({ weight: n / nearest.length, mean, covariance });
  }
  return found;
}

/** Of a 3 x 3 matrix, row by row. */
function inverse([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0]: readonly number[]) {
  const cofactors = [
    ...[e * i - f * h, c * h - b * i, b * f - c * e],
    ...[f * g - d * i, a * i - c * g, c * d - a * f],
    ...[d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  const determinant = a * cofactors[0]! + b * cofactors[3]! + c * cofactors[6]!;
  return { determinant, matrix: cofactors.map((value) => value / determinant) };
}
