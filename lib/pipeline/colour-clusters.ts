/** Colours to learn from: more change the mask by less than JPEG noise does, and k-means is most of GrabCut's time. */
const SAMPLES = 1500;
const ROUNDS = 6;

/**
 * Colours drawn evenly from the pixels that belong, at most 1,500.
 *
 * @param rgb `3 * n` bytes
 * @returns `3 * m` numbers from 0 to 255, in the pixels' own order
 */
export function sampleColours(rgb: Uint8Array, belongs: (pixel: number) => boolean): Float64Array {
  const pixels = rgb.length / 3;
  const members = new Int32Array(pixels);
  let size = 0;
  for (let i = 0; i < pixels; i++) if (belongs(i)) members[size++] = i;
  const step = Math.max(1, size / SAMPLES);
  const count = Math.min(size, SAMPLES);
  const out = new Float64Array(3 * count);
  for (let k = 0; k < count; k++) {
    const i = 3 * members[Math.floor(k * step)]!;
    out[3 * k] = rgb[i]!;
    out[3 * k + 1] = rgb[i + 1]!;
    out[3 * k + 2] = rgb[i + 2]!;
  }
  return out;
}

/**
 * K-means in RGB, begun at the sample's quantiles of brightness: no chance in it.
 *
 * @param samples `3 * m` numbers from 0 to 255
 * @param colours clusters at most
 * @returns for each sample its cluster, from 0; one that lost everybody has no members
 */
export function clusterColours(samples: Float64Array, colours: number): Uint8Array {
  const count = samples.length / 3;
  const centres = seeds(samples, count, colours);
  const nearest = new Uint8Array(count);
  for (let round = 0; round < ROUNDS; round++) {
    assign(samples, centres, nearest);
    recentre(samples, nearest, centres);
  }
  return nearest;
}

function seeds(samples: Float64Array, count: number, colours: number): Float64Array {
  // By brightness, and then as they come: both in one number, because numbers are sorted without being compared by us.
  const order = new Float64Array(count);
  for (let k = 0; k < count; k++) order[k] = (samples[3 * k]! + samples[3 * k + 1]! + samples[3 * k + 2]!) * count + k;
  order.sort();
  const centres = new Float64Array(3 * colours);
  for (let c = 0; c < colours; c++) {
    const k = (order[Math.floor(((c + 0.5) * count) / colours)] ?? 0) % count;
    centres.set(samples.subarray(3 * k, 3 * k + 3), 3 * c);
  }
  return centres;
}

function assign(samples: Float64Array, centres: Float64Array, nearest: Uint8Array): void {
  for (let k = 0; k < nearest.length; k++) {
    let best = Number.POSITIVE_INFINITY;
    for (let c = 0; 3 * c < centres.length; c++) {
      const r = samples[3 * k]! - centres[3 * c]!;
      const g = samples[3 * k + 1]! - centres[3 * c + 1]!;
      const b = samples[3 * k + 2]! - centres[3 * c + 2]!;
      const distance = r * r + g * g + b * b;
      if (distance < best) {
        best = distance;
        nearest[k] = c;
      }
    }
  }
}

function recentre(samples: Float64Array, nearest: Uint8Array, centres: Float64Array): void {
  const sums = new Float64Array(centres.length);
  const counts = new Float64Array(centres.length / 3);
  for (let k = 0; k < nearest.length; k++) {
    const c = nearest[k]!;
    counts[c] = counts[c]! + 1;
    for (let i = 0; i < 3; i++) sums[3 * c + i] = sums[3 * c + i]! + samples[3 * k + i]!;
  }
  // A cluster that lost everybody keeps its place and may win somebody back.
  for (let i = 0; i < sums.length; i++) {
    const n = counts[Math.floor(i / 3)]!;
    if (n > 0) centres[i] = sums[i]! / n;
  }
}
