import type { Findings, Step } from './findings';
import { look } from './look';
import type { OpenCvBox } from './opencv';
import type { CutOutOptions } from './options';
import { compose, cropMatte, frameOf, overlay } from './pipeline/compose';
import { decode } from './pipeline/decode';
import { type Encoded, encode, encodeMask } from './pipeline/encode';
import { ARTICLE_SIDE, isolate } from './pipeline/isolate';
import { dressExpected, measure } from './pipeline/measure';
import { reduce } from './pipeline/reduce';
import { refine } from './pipeline/refine';
import { threshold } from './pipeline/threshold';
import type { Segmenter } from './ports';
import type { Matte, Photo } from './raster';

/** The answer to one photo. */
export interface CutOutResult {
  readonly findings: Findings;
  /** The picture asked for; `null` when the verdict is `no_dress`. */
  readonly image: Encoded | null;
  /** The matte at the photo's upright size; `null` when the verdict is `no_dress`. */
  readonly matte: Matte | null;
}

/**
 * Bytes of a photo in, the dress cut out of it: the one use-case, which every road calls.
 * @throws DresscutError; below 500 the photo or the options are at fault
 */
export type CutOut = (bytes: Uint8Array, options: CutOutOptions) => Promise<CutOutResult>;

/** The real parts, joined by `app.ts`. */
export interface Parts {
  readonly segmenter: Segmenter;
  /** Loaded only when a request needs it. */
  readonly opencv: () => Promise<OpenCvBox>;
  /** From probabilities to a matte, in the default mode; `bench/` exchanges it to tell what each part of it is worth. */
  readonly refine?: typeof refine;
}

export function createCutOut({ segmenter, opencv, refine: toMatte = refine }: Parts): CutOut {
  return async (bytes, options) => {
    const { milliseconds, timed } = stopwatch();
    const { photo, format } = await timed('decode', () => decode(bytes));
    const article = options.mode === 'article';
    const foreground = article
      ? await timed('isolate', async () => isolate(await reduce(photo, ARTICLE_SIDE, ARTICLE_SIDE), opencv))
      : null;
    const probabilities = await timed('segment', () => look(photo, segmenter, foreground));
    const matte = dressExpected(probabilities, options.expect)
      ? await timed('refine', async () =>
          article ? threshold(photo, probabilities) : toMatte(photo, probabilities, opencv),
        )
      : null;
    const measured = await timed('measure', async () => measure(matte, probabilities, options.expect));
    const found = measured.verdict === 'no_dress' ? null : matte;
    const image = found === null ? null : await draw(photo, found, options, timed);
    const { name, version } = await segmenter.load();
    const { width, height } = photo;
    const findings = { ...measured, photo: { width, height, format }, model: { name, version }, milliseconds };
    return { findings, image, matte: found };
  };
}

async function draw(photo: Photo, matte: Matte, options: CutOutOptions, timed: Timed): Promise<Encoded> {
  const frame = frameOf(matte, options);
  if (options.output === 'mask') return timed('encode', () => encodeMask(cropMatte(matte, frame), options));
  const picture = await timed('compose', async () =>
    options.output === 'overlay' ? overlay(photo, matte, frame) : compose(photo, matte, frame, options.background),
  );
  return timed('encode', () => encode(picture, options));
}

type Timed = <T>(step: Step, work: () => Promise<T>) => Promise<T>;

function stopwatch(): { milliseconds: Partial<Record<Step, number>>; timed: Timed } {
  const milliseconds: Partial<Record<Step, number>> = {};
  const timed: Timed = async (step, work) => {
    const start = performance.now();
    const result = await work();
    milliseconds[step] = Math.round((performance.now() - start) * 100) / 100;
    return result;
  };
  return { milliseconds, timed };
}
