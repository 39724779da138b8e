import type { Findings, Reason } from '../findings';
import type { CutOutOptions } from '../options';
import type { Probabilities } from '../raster';
import type { Shares } from './measure';

/**
 * Where verdicts change. The two limits of presence are chosen by `npm run bench:limits` for the aim that is stated
 * there: of photos that training never saw, at least 96 % of the dresses come out, and at most 2 % of the others are ok.
 * Another network needs another run of it.
 */
export const VERDICT = {
  /** Presence below which there is no dress, unless the caller draws the line. */
  absent: 0.1,
  /**
   * Presence below which one of several people, seen alone, wears no dress, unless the caller draws the line. All
   * dresses of the composites that `npm run bench:several` makes are above it: whoever is left out cannot be asked for.
   */
  unworn: 0.06,
  /** Presence below which somebody should look. */
  doubtful: 0.8,
  /** Mean probability of "dress" over the cut-out below which somebody should look at its shape. */
  vague: 0.8,
  /** Share of the cut-out that the network calls skin above which somebody should look at it. */
  leaky: 0.05,
  /** A dress that covers less of the photo than this is too small to have been seen. */
  tiny: 0.002,
} as const;

/** What a caller says of the photo beforehand. */
export type Expected = Pick<CutOutOptions, 'expect'> & Partial<Pick<CutOutOptions, 'presence'>>;

/** Is a dress probable enough to look for its shape, as far as the caller leaves that open? */
export function dressExpected({ presence }: Probabilities, expected: Expected): boolean {
  return expected.expect === 'dress' || presence >= (expected.presence ?? VERDICT.absent);
}

/** How sure a cut-out is. */
export interface Evidence extends Shares, Pick<Findings, 'presence' | 'turned'> {
  /** How many dresses there are. */
  readonly dresses: number;
}

/** Why somebody should look at a cut-out, in the order of `REASONS`; none where it is sure. */
export function reasonsOf(
  { presence, confidence, skinLeak, turned, dresses }: Evidence,
  { expect }: Pick<Expected, 'expect'>,
): Reason[] {
  const reasons: Reason[] = [];
  if (expect === 'auto' && presence < VERDICT.doubtful) reasons.push('presence');
  if (confidence < VERDICT.vague) reasons.push('shape');
  if (skinLeak > VERDICT.leaky) reasons.push('skin');
  if (turned !== 0) reasons.push('turned');
  if (dresses > 1) reasons.push('several');
  return reasons;
}
