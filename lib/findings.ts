import type { Description, Traits } from './description';
import { DresscutError } from './errors';
import type { Box, Turn } from './raster';

/** The pipeline's steps in their order; the keys of `Findings.milliseconds`. */
export const STEPS = ['decode', 'isolate', 'segment', 'refine', 'measure', 'describe', 'compose', 'encode'] as const;
export type Step = (typeof STEPS)[number];

export const VERDICTS = ['ok', 'review', 'no_dress'] as const;
export type Verdict = (typeof VERDICTS)[number];

/**
 * Why somebody should look: the network is unsure whether there is a dress, of its shape, or whether skin was cut out
 * with it; the photo lies on its side or head; it shows several dresses.
 */
export const REASONS = ['presence', 'shape', 'skin', 'turned', 'several'] as const;
export type Reason = (typeof REASONS)[number];

/**
 * What would make a better photo: go closer, more light, all of the dress in the frame, one person alone, the camera
 * upright.
 */
export const ADVICE = ['closer', 'light', 'frame', 'alone', 'upright'] as const;
export type Advice = (typeof ADVICE)[number];

/** One dress of a photo. */
export interface FoundDress {
  /** In pixels of the upright photo. */
  readonly box: Box;
  /** Share of the photo's area, 0 to 1. */
  readonly coverage: number;
  /** Mean probability of "dress" over it, 0 to 1. */
  readonly confidence: number;
}

/** What the pipeline found out about one photo, as every road reports it. */
export interface Findings {
  /** `ok`: sure. `review`: cut out, but somebody should look. `no_dress`: a dress is improbable, nothing is cut out. */
  readonly verdict: Verdict;
  /** Why it is `review`; empty for any other verdict. */
  readonly reasons: readonly Reason[];
  /** How the photo could be taken better, as far as that is known; does not decide the verdict. */
  readonly advice: readonly Advice[];
  /** Calibrated probability that the photo shows a dress, 0 to 1. */
  readonly presence: number;
  /** Mean probability of "dress" over the cut-out, 0 to 1: how sure the shape is. */
  readonly confidence: number;
  /** Share of the photo's area that is cut out, 0 to 1. */
  readonly coverage: number;
  /** Share of the cut-out that the network calls skin (the person minus the dress), 0 to 1. */
  readonly skinLeak: number;
  /** All that is cut out as dress, in pixels of the upright photo; `null` when there is none. */
  readonly box: Box | null;
  /** Each dress, the largest first; the option `which` counts them from 1. Empty when there is none. */
  readonly dresses: readonly FoundDress[];
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
