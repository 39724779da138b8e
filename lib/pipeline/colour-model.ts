import { clusterColours, sampleColours } from './colour-clusters';

/** Each side's colours are described by at most this many Gaussians. */
const COLOURS = 4;
/** This share of a side's pixels may have any colour at all, so that no colour is impossible. */
const OUTLIERS = 0.01;
/** A cluster of one single colour has no spread, which could not be inverted. */
const LEAST_VARIANCE = 1;

/** One kind of colour: its share, its mean (3) and its covariance (9, row by row), in levels from 0 to 255. */
export interface Gaussian {
  readonly weight: number;
  readonly mean: readonly number[];
  readonly covariance: readonly number[];
}

/**
 * A mixture of Gaussians for the colours of one side of a trimap.
 *
 * OpenCV's own start clusters every pixel from random seeds, which takes long and makes the mask depend on
 * chance. This one clusters an even sample, seeded at the sample's quantiles of brightness, so the
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

/** The logarithm of how likely a colour is; levels from 0 to 255. */
export type LogLikelihood = (r: number, g: number, b: number) => number;

/**
 * How likely colours are by a mixture: each colour belongs to the one Gaussian that explains it best, as the paper on
 * GrabCut has it, or is an outlier.
 */
export function logLikelihoodOf(colours: readonly Gaussian[]): LogLikelihood {
  const logs = Float64Array.from(colours.flatMap(logOf));
  const inlier = Math.log(1 - OUTLIERS) - 1.5 * Math.log(2 * Math.PI);
  const outlier = Math.log(OUTLIERS / 256 ** 3) - inlier;
  return (r, g, b) => {
    let best = outlier;
    for (let o = 0; o < logs.length; o += LOG) best = Math.max(best, logAt(logs, o, r, g, b));
    return best + inlier;
  };
}

/** Each colour to the Gaussian under which it is likeliest. */
function assignToLikeliest(samples: Float64Array, colours: readonly Gaussian[], nearest: Uint8Array): void {
  const logs = Float64Array.from(colours.flatMap(logOf));
  for (let k = 0; k < nearest.length; k++) {
    let best = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < colours.length; c++) {
      const log = logAt(logs, LOG * c, samples[3 * k]!, samples[3 * k + 1]!, samples[3 * k + 2]!);
      if (log <= best) continue;
      best = log;
      nearest[k] = c;
    }
  }
}

/** Numbers that tell the logarithm of a Gaussian: its peak, its mean, and what the distance from it takes away. */
const LOG = 10;

function logOf({ weight, mean, covariance }: Gaussian): number[] {
  const { determinant, matrix } = inverse(covariance);
  const [rr = 0, rg = 0, rb = 0, , gg = 0, gb = 0, , , bb = 0] = matrix;
  return [Math.log(weight) - 0.5 * Math.log(determinant), ...mean, rr / 2, rg, rb, gg / 2, gb, bb / 2];
}

/** Without the (2 pi)^(3/2) that all of them have. */
function logAt(logs: Float64Array, o: number, red: number, green: number, blue: number): number {
  const r = red - logs[o + 1]!;
  const g = green - logs[o + 2]!;
  const b = blue - logs[o + 3]!;
  const ofRed = logs[o + 4]! * r + logs[o + 5]! * g + logs[o + 6]! * b;
  return logs[o]! - r * ofRed - g * (logs[o + 7]! * g + logs[o + 8]! * b) - b * b * logs[o + 9]!;
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
