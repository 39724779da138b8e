/** How good a mask is, against a truth of the same size. Masks are bytes, 0 or 1. */

/** Pixels of intersection and union; sums over photos give the pooled IoU. */
export interface Overlap {
  readonly intersection: number;
  readonly union: number;
}

export function overlap(guess: Uint8Array, truth: Uint8Array): Overlap {
  let intersection = 0;
  let union = 0;
  for (let i = 0; i < guess.length; i++) {
    intersection += guess[i]! & truth[i]!;
    union += guess[i]! | truth[i]!;
  }
  return { intersection, union };
}

/** Where alpha is more than half, bytes of 0 and 1. */
export function halves(alpha: Uint8Array): Uint8Array {
  const out = new Uint8Array(alpha.length);
  for (let i = 0; i < out.length; i++) out[i] = alpha[i]! > 127 ? 1 : 0;
  return out;
}

/** Two empty masks agree. */
export function iou({ intersection, union }: Overlap): number {
  return union === 0 ? 1 : intersection / union;
}

/** The IoU of all photos together. */
export function pooled(overlaps: readonly Overlap[]): number {
  const sum = (key: keyof Overlap) => overlaps.reduce((total, one) => total + one[key], 0);
  return iou({ intersection: sum('intersection'), union: sum('union') });
}

/**
 * Overlap of the two outlines' inner bands (Cheng et al., "Boundary IoU", CVPR 2021).
 * @param share width of the band as a share of the picture's diagonal
 */
export function boundaryOverlap(
  guess: Uint8Array,
  truth: Uint8Array,
  width: number,
  height: number,
  share = 0.02,
): Overlap {
  const d = Math.max(1, Math.round(share * Math.hypot(width, height)));
  return overlap(innerBand(guess, width, height, d), innerBand(truth, width, height, d));
}

/** Pixels of the mask within `d` steps (to any of 8 neighbours) of something outside it; the border is outside. */
function innerBand(mask: Uint8Array, width: number, height: number, d: number): Uint8Array {
  const across = erodeLines(mask, height, width, width, 1, d);
  const eroded = erodeLines(across, width, height, 1, width, d);
  return mask.map((value, i) => value & (1 - eroded[i]!));
}

function erodeLines(
  mask: Uint8Array,
  lines: number,
  length: number,
  jump: number,
  pace: number,
  d: number,
): Uint8Array {
  const out = new Uint8Array(mask.length);
  for (let line = 0; line < lines; line++) {
    let run = 0; // length of the run of ones that ends at k
    for (let k = 0; k < length; k++) {
      run = mask[line * jump + k * pace] === 1 ? run + 1 : 0;
      if (run >= 2 * d + 1) out[line * jump + (k - d) * pace] = 1;
    }
  }
  return out;
}

/** The share of (yes, no) pairs that the scores put in order; ties count half. */
export function auc(yes: readonly number[], no: readonly number[]): number {
  let ordered = 0;
  for (const y of yes) for (const n of no) ordered += y > n ? 1 : y === n ? 0.5 : 0;
  return yes.length * no.length === 0 ? Number.NaN : ordered / (yes.length * no.length);
}

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean probability said, and the share that was so. */
  readonly said: number;
  readonly was: number;
}

/** Expected calibration error over equal bins (Guo et al., ICML 2017), with the bins that have photos. */
export function calibration(probabilities: readonly number[], truths: readonly boolean[], bins = 10) {
  const filled: Bin[] = [];
  let ece = 0;
  for (let b = 0; b < bins; b++) {
    const inside = probabilities.flatMap((p, i) => (Math.min(bins - 1, Math.floor(p * bins)) === b ? [i] : []));
    if (inside.length === 0) continue;
    const said = inside.reduce((sum, i) => sum + probabilities[i]!, 0) / inside.length;
    const was = inside.filter((i) => truths[i]).length / inside.length;
    filled.push({ from: b / bins, to: (b + 1) / bins, count: inside.length, said, was });
    ece += (Math.abs(said - was) * inside.length) / probabilities.length;
  }
  return { ece, bins: filled };
}

/**
 * What {@link calibration} finds on average where every probability is true: few photos leave their mark.
 * Seeded.
 */
export function eceByChance(probabilities: readonly number[], rounds = 1000): number {
  const next = chance();
  return mean(
    Array.from({ length: rounds }, () => {
      const truths = probabilities.map((p) => next() < p);
      return calibration(probabilities, truths).ece;
    }),
  );
}

/** 95 % interval of a figure by drawing rows with replacement (bootstrap over photos). Seeded. */
export function interval<T>(rows: readonly T[], figure: (rows: T[]) => number, rounds = 1000): [number, number] {
  const next = chance();
  const values = Array.from({ length: rounds }, () =>
    figure(rows.map(() => rows[Math.floor(next() * rows.length)] as T)),
  ).sort((a, b) => a - b);
  return [values[Math.floor(0.025 * rounds)]!, values[Math.ceil(0.975 * rounds) - 1]!];
}

/** Numbers from 0 to 1, the same every time, by Lehmer's generator: enough for drawing photos. */
function chance(): () => number {
  let state = 12_345;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
