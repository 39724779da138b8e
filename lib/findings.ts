import type { Description, Traits } from './description';
import { DresscutError } from './errors';
import type { Box, Turn } from './raster';

/** The pipeline's steps in their order; the keys of `Findings.milliseconds`. */
export const STEPS = ['decode', 'isolate', 'segment', 'refine', 'measure', 'describe', 'compose', 'encode'] as const;
export type Step = (typeof STEPS)[number];

export const VERDICTS = ['ok', 'review', 'no_dress'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What the pipeline found out about one photo, as every road reports it. */
export interface Findings {
  readonly verdict: Verdict;
  /** Calibrated probability that the photo shows a dress, 0 to 1. */
  readonly presence: number;
  /** Mean probability of "dress" over the cut-out, 0 to 1: how sure the shape is. */
  readonly confidence: number;
  /** Share of the photo's area that is cut out, 0 to 1. */
  readonly coverage: number;
  /** Share of the cut-out that the network calls skin (the person minus the dress), 0 to 1. */
  readonly skinLeak: number;
  /** The dress in pixels of the upright photo; `null` when there is none. */
  readonly box: Box | null;
  /** How the photo lies: turned clockwise by so many degrees. It is answered as it lies. */
  readonly turned: Turn;
  /** What the dress looks like, where that was asked for; its embedding only where that was, too. */
  readonly description?: Traits & Partial<Pick<Description, 'embedding'>>;
  readonly photo: { readonly width: number; readonly height: number; readonly format: string };
  readonly model: { readonly name: string; readonly version: string };
  /** Wall-clock milliseconds of each step that ran. */
  readonly milliseconds: Readonly<Partial<Record<Step, number>>>;
}

/**
 * The error of a road whose caller asked for a picture of a photo that shows no dress.
 *
 * @param expect what the caller said of the photo
 * @param message instead of the usual one
 */
export function noDress(
  { verdict, presence, confidence }: Findings,
  expect: 'auto' | 'dress' = 'auto',
  message: string = expect === 'dress' ? NONE_FOUND : noneWorn(presence),
): DresscutError {
  return new DresscutError('no-dress', message, { facts: { verdict, presence, confidence } });
}

const NONE_FOUND = 'No dress could be found in the photo, although expect=dress says that there is one.';

function noneWorn(presence: number): string {
  const sure = `the network gives it a probability of ${presence.toFixed(2)}`;
  return `The photo shows no dress: ${sure}. If one is certainly worn, say expect=dress.`;
}
