import type { Findings } from '../findings';
import type { Matte, Probabilities } from '../raster';
import { seenOf } from './region';

export type Shares = Pick<Findings, 'confidence' | 'coverage' | 'skinLeak'>;

/**
 * What a matte is worth: how much of the photo it is, how sure its shape, how much of it is skin.
 *
 * @param belongs which of the network's pixels count, by their index; left out: all
 */
export function measure(
  matte: Matte,
  probabilities: Probabilities,
  belongs: (pixel: number) => boolean = () => true,
): Shares {
  const { width, height, background, skin, dress } = probabilities;
  const seen = seenOf(matte, probabilities);
  const alphas = sampleMatte(matte, probabilities);
  let area = 0;
  let sure = 0;
  let leak = 0;
  for (let i = 0; i < alphas.length; i++) {
    const alpha = alphas[i]!;
    if (alpha === 0 || !belongs(i)) continue;
    const p = dress[i]!;
    const s = skin[i]!;
    area += alpha;
    sure += alpha * p;
    if (s > p && s > background[i]!) leak += alpha;
  }
  if (area === 0) return { coverage: 0, confidence: 0, skinLeak: 0 };
  const share = (seen.width * seen.height) / (matte.width * matte.height);
  return { coverage: (share * area) / (255 * width * height), confidence: sure / area, skinLeak: leak / area };
}

/**
 * The matte under the middle of each of the network's pixels: enough for shares, however large the photo.
 * @returns as many values as the network has pixels, 0 to 255
 */
export function sampleMatte(matte: Matte, probabilities: Probabilities): Uint8Array {
  const { width, height } = probabilities;
  const seen = seenOf(matte, probabilities);
  const out = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const row = (seen.top + Math.floor(((y + 0.5) * seen.height) / height)) * matte.width + seen.left;
    for (let x = 0; x < width; x++, i++) out[i] = matte.alpha[row + Math.floor(((x + 0.5) * seen.width) / width)]!;
  }
  return out;
}
