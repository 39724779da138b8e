import { describe } from './describe';
import type { Findings } from './findings';
import type { CutOutOptions } from './options';
import { decode } from './pipeline/decode';
import { ARTICLE_SIDE, isolate } from './pipeline/isolate';
import { dressExpected, measure } from './pipeline/measure';
import { refine } from './pipeline/refine';
import { resize } from './pipeline/resize';
import { threshold } from './pipeline/threshold';
import type { Segmenter } from './ports';
import { predict } from './predict';
import type { Matte, Photo, Probabilities } from './raster';
import { stopwatch } from './stopwatch';

/** What there is in one photo. Any number of pictures can be rendered from it. */
export interface Found {
  /** Upright, at its own size. */
  readonly photo: Photo;
  /** At the photo's size; `null` when the verdict is `no_dress`. */
  readonly matte: Matte | null;
  /** What the network says of it, at the network's size. */
  readonly probabilities: Probabilities;
  readonly findings: Findings;
}

/** The options that decide what is found; all others say how it is rendered. */
export type FindOptions = Pick<CutOutOptions, 'mode' | 'expect'> &
  Partial<Pick<CutOutOptions, 'strokes' | 'describe' | 'embedding'>>;

/**
 * Decode a photo and find the dress in it.
 *
 * @param bytes a file of one of the formats that `decode` reads; not changed
 * @throws DresscutError; below 500 the photo is at fault
 */
export type Find = (bytes: Uint8Array, options: FindOptions) => Promise<Found>;

export interface FindDependencies {
  readonly segmenter: Segmenter;
  /** From probabilities to a matte, in the default mode; `bench/` exchanges it to tell what each part of it is worth. */
  readonly refine?: typeof refine;
}

export function createFind({ segmenter, refine: toMatte = refine }: FindDependencies): Find {
  return async (bytes, { mode, expect: expected, strokes = [], describe: told = false, embedding = false }) => {
    // Who marks what belongs to the dress says that there is one.
    const expect = strokes.some(({ kind }) => kind === 'keep') ? 'dress' : expected;
    const { milliseconds, timed } = stopwatch();
    const { photo, format } = await timed('decode', () => decode(bytes));
    const article = mode === 'article';
    const foreground = article
      ? await timed('isolate', async () => isolate(await resize(photo, ARTICLE_SIDE, ARTICLE_SIDE)))
      : null;
    const probabilities = await timed('segment', () => predict(photo, segmenter, foreground));
    const matte = dressExpected(probabilities, expect)
      ? await timed('refine', () =>
          article ? threshold(photo, probabilities) : toMatte(photo, probabilities, strokes),
        )
      : null;
    const measured = await timed('measure', () => measure(matte, probabilities, expect));
    const { name, version } = await segmenter.load();
    const { width, height } = photo;
    const findings = { ...measured, photo: { width, height, format }, model: { name, version }, milliseconds };
    const found = { photo, matte: measured.verdict === 'no_dress' ? null : matte, probabilities, findings };
    if (found.matte === null || !(told || embedding)) return found;
    const { embedding: made, ...traits } = await timed('describe', () => describe(found));
    return { ...found, findings: { ...findings, description: embedding ? { ...traits, embedding: made } : traits } };
  };
}
