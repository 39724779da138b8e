import { describe } from './describe';
import { type Asked, type Dresses, dropUnworn } from './drop-unworn';
import type { Findings, Verdict } from './findings';
import type { CutOutOptions } from './options';
import { adviceOf } from './pipeline/advice';
import { decode } from './pipeline/decode';
import { describeDresses, labelDresses } from './pipeline/dresses';
import type { PhotoFormat } from './pipeline/formats';
import { ARTICLE_SIDE, isolate } from './pipeline/isolate';
import { measure } from './pipeline/measure';
import { refine } from './pipeline/refine';
import { resize } from './pipeline/resize';
import { threshold } from './pipeline/threshold';
import { dressExpected, reasonsOf, VERDICT } from './pipeline/verdict';
import type { Segmenter } from './ports';
import { predict } from './predict';
import type { DressLabels, Matte, Photo, Probabilities } from './raster';
import type { Recent } from './recent';
import { stopwatch } from './stopwatch';

/** What there is in one photo. Any number of pictures can be rendered from it. */
export interface Found {
  /** Upright, at its own size. */
  readonly photo: Photo;
  /** At the photo's size; `null` when the verdict is `no_dress`. */
  readonly matte: Matte | null;
  /** What the network says of it, at the network's size. */
  readonly probabilities: Probabilities;
  /** Which dress is where; left out where there is one, or none. */
  readonly labels?: DressLabels;
  readonly findings: Findings;
}

/** The options that decide what is found; all others say how it is rendered. */
export type FindOptions = Pick<CutOutOptions, 'mode' | 'expect'> &
  Partial<Pick<CutOutOptions, 'presence' | 'strokes' | 'which' | 'describe' | 'embedding'>>;

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
  /** Remembers photos for whoever corrects a cut stroke by stroke; left out: none is remembered. */
  readonly recent?: Recent<Seen>;
}

/** What a photo is before anything that a caller asks for; strokes change nothing of it. */
export interface Seen {
  readonly photo: Photo;
  readonly format: PhotoFormat;
  readonly probabilities: Probabilities;
}

/** What remembering it costs, in bytes. */
export function sizeOfSeen({ photo, probabilities: { dress, skin, background, features } }: Seen): number {
  const planes = [dress, skin, background, ...(features === undefined ? [] : [features.data])];
  return photo.rgb.length + planes.reduce((sum, plane) => sum + plane.byteLength, 0);
}

export function createFind({ segmenter, refine: toMatte = refine, recent }: FindDependencies): Find {
  return async (bytes, asked) => {
    const { strokes = [], which = 'all', describe: told = false, embedding = false } = asked;
    // Who marks what belongs to the dress says that there is one.
    const expect = strokes.some(({ kind }) => kind === 'keep') ? 'dress' : asked.expect;
    const options = { ...asked, expect };
    const { milliseconds, timed } = stopwatch();
    const article = options.mode === 'article';
    const see = async (): Promise<Seen> => {
      const { photo, format } = await timed('decode', () => decode(bytes));
      const foreground = article
        ? await timed('isolate', async () => isolate(await resize(photo, ARTICLE_SIDE, ARTICLE_SIDE)))
        : null;
      return { photo, format, probabilities: await timed('segment', () => predict(photo, segmenter, foreground)) };
    };
    const { photo, format, probabilities } = article || !recent ? await see() : await recent(bytes, see);
    const matte = dressExpected(probabilities, options)
      ? await timed('refine', () =>
          article ? threshold(photo, probabilities) : toMatte(photo, probabilities, strokes),
        )
      : null;
    const judged = await timed('measure', () => judge({ photo, probabilities, segmenter }, matte, options));
    const { name, version } = await segmenter.load();
    const { width, height } = photo;
    const findings = { ...judged.findings, photo: { width, height, format }, model: { name, version }, milliseconds };
    const found = { photo, probabilities, ...judged, findings };
    if (found.matte === null || !(told || embedding)) return found;
    const { embedding: made, ...traits } = await timed('describe', () => describe(found, which));
    return { ...found, findings: { ...findings, description: embedding ? { ...traits, embedding: made } : traits } };
  };
}

type Judged = Pick<Found, 'matte' | 'labels'> & {
  readonly findings: Omit<Findings, 'photo' | 'model' | 'milliseconds'>;
};

/** What a matte is worth, and how many dresses are in it; a matte of next to nothing is none. */
async function judge(asked: Asked, matte: Matte | null, options: FindOptions): Promise<Judged> {
  const { photo, probabilities } = asked;
  const { presence, turned } = probabilities;
  const worn = matte === null || matte.box === null ? null : await wornIn(asked, matte, options);
  const shares = worn === null ? null : measure(worn.matte, probabilities);
  if (!worn?.matte.box || shares === null || shares.coverage < VERDICT.tiny) {
    const none = { confidence: 0, coverage: 0, skinLeak: 0, box: null, dresses: [], turned };
    return {
      matte: null,
      findings: { verdict: 'no_dress', reasons: [], advice: adviceOf(photo, none), presence, ...none },
    };
  }
  const { labels } = worn;
  const found = { box: worn.matte.box, turned, dresses: describeDresses(worn.matte, labels, probabilities, shares) };
  const reasons = reasonsOf({ presence, turned, ...shares, dresses: found.dresses.length }, options);
  const verdict: Verdict = reasons.length > 0 ? 'review' : 'ok';
  const findings = { verdict, reasons, advice: adviceOf(photo, found), presence, ...shares, ...found };
  return { matte: worn.matte, ...(labels === null ? {} : { labels }), findings };
}

/** The dresses of a matte that is not empty. The article knows one person in the middle, and leaves specks all over. */
async function wornIn(asked: Asked, matte: Matte, { mode, presence, strokes = [] }: FindOptions): Promise<Dresses> {
  const labels = mode === 'article' ? null : await labelDresses(asked.photo, matte, asked.probabilities);
  return labels === null ? { matte, labels } : dropUnworn(matte, labels, asked, presence ?? VERDICT.unworn, strokes);
}
