import type { Findings, Verdict } from '../findings';
import type { CutOutOptions } from '../options';
import type { Matte, Probabilities } from '../raster';
import { seenOf } from './region';

/**
 * Where verdicts change. Presence is calibrated, so its limits are probabilities, chosen before the figures were seen.
 * On the 104 validation photos, `expect: auto`: `ok` for 7 dresses (mean IoU 0.95) and 2 photos without, `review` for
 * 7 (0.87) and 3, `no_dress` for 10 and 75. `expect: dress`: `ok` for 14 (0.92), `review` for 10 (0.86).
 * `npm run evaluate -- --json FILE` writes every photo's verdict.
 */
export const VERDICT = {
  /** Below this there is no dress (`expect: auto`). */
  absent: 0.5,
  /** Below this, somebody should look. */
  doubtful: 0.75,
  /** Mean probability of "dress" over the cut-out, below which somebody should look at its shape, */
  vague: 0.8,
  /** and the share that the network calls skin, above which likewise. */
  leaky: 0.05,
  /** A dress that covers less of the photo than this is too small to have been seen. */
  tiny: 0.002,
} as const;

export type Measured = Pick<
  Findings,
  'verdict' | 'presence' | 'confidence' | 'coverage' | 'skinLeak' | 'box' | 'turned'
>;

/** Does the network see a dress, as far as the caller leaves that open? */
export function dressExpected(probabilities: Probabilities, expect: CutOutOptions['expect']): boolean {
  return expect === 'dress' || probabilities.presence >= VERDICT.absent;
}

/**
 * What a matte is worth.
 *
 * @param matte `null` where no dress was expected
 */
export function measure(matte: Matte | null, probabilities: Probabilities, expect: CutOutOptions['expect']): Measured {
  const { presence, turned } = probabilities;
  const none = { confidence: 0, coverage: 0, skinLeak: 0, box: null };
  const nothing = { verdict: 'no_dress', presence, turned, ...none } as const;
  if (matte === null || matte.box === null) return nothing;
  const { coverage, confidence, skinLeak } = shares(matte, probabilities);
  if (coverage < VERDICT.tiny) return nothing;
  const doubtful = expect === 'auto' && presence < VERDICT.doubtful;
  const verdict: Verdict = doubtful || confidence < VERDICT.vague || skinLeak > VERDICT.leaky ? 'review' : 'ok';
  return { verdict, presence, confidence, coverage, skinLeak, box: matte.box, turned };
}

/** The matte is looked at once under each of the network's pixels: enough for shares, however large the photo. */
function shares(matte: Matte, probabilities: Probabilities) {
  const { width, height, background, skin, dress } = probabilities;
  const seen = seenOf(matte, probabilities);
  let area = 0;
  let sure = 0;
  let leak = 0;
  for (let y = 0, i = 0; y < height; y++) {
    const row = (seen.top + Math.floor(((y + 0.5) * seen.height) / height)) * matte.width + seen.left;
    for (let x = 0; x < width; x++, i++) {
      const alpha = matte.alpha[row + Math.floor(((x + 0.5) * seen.width) / width)]!;
      if (alpha === 0) continue;
      const p = dress[i]!;
      const s = skin[i]!;
      area += alpha;
      sure += alpha * p;
      if (s > p && s > background[i]!) leak += alpha;
    }
  }
  if (area === 0) return { coverage: 0, confidence: 0, skinLeak: 0 };
  const share = (seen.width * seen.height) / (matte.width * matte.height);
  return { coverage: (share * area) / (255 * width * height), confidence: sure / area, skinLeak: leak / area };
}
