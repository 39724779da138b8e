import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { abortable } from './abortable';
import { type CutOutResult, createCutOut } from './cut-out';
import { describe } from './describe';
import type { Description } from './description';
import { DresscutError } from './errors';
// Switches off what ONNX Runtime reports.
import './config';
import { createFind, type FindOptions, type Found } from './find';
import { limitConcurrency } from './http/middleware/limit-concurrency';
import { type CutOutOptions, parseOptions } from './options';
import { endDecoder } from './pipeline/decoder-process';
import type { Encoded } from './pipeline/encode';
import type { ModelInfo } from './ports';
import { type RenderOptions, render } from './render';
import { onnxSegmenter } from './segmenters/onnx';

export type { CutOutResult } from './cut-out';
export type { ColourName, Description, DressColour, Embedding, Length, Pattern } from './description';
export type { Code, Facts } from './errors';
export type { Found } from './find';
export type { Findings, Step, Verdict } from './findings';
export type { Encoded } from './pipeline/encode';
export type { ModelInfo } from './ports';
export type { Box, Matte, Photo } from './raster';
export type { Stroke } from './strokes';
export { DresscutError };

/** A photo's file: what `readFile`, `fetch` and a form hand over. It is never changed. */
export type PhotoBytes = Uint8Array | ArrayBuffer | Blob;

/** How a dresscut is made. */
export interface DresscutOptions {
  /** Folder of `model.json` and the network that it names; left out: the network that came with the package. */
  readonly models?: string;
  /** Threads of the network, 1 to 64; left out: one less than the processors, 1 to 4. */
  readonly threads?: number;
  /**
   * Photos in work at the same time, 1 to 64; further calls wait for their turn. Left out: 1, because the network
   * keeps the processors busy with one. A photo of 12 megapixels takes some 100 MB while it is in work.
   */
  readonly concurrency?: number;
}

/** Ends the wait for a call. What is already being computed is finished and thrown away. */
export interface Cancellable {
  /** Aborted: the call rejects at once with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options as their own type, or as the text that the command line and HTTP take: `margin: '10%'`. */
type Loosely<Options> = {
  readonly [Name in keyof Options]?: (Name extends 'background' ? string | null : Options[Name] | string) | undefined;
};

/** What decides what is found: `mode` (`default`, `article`), `expect` (`auto`, `dress`), `strokes`. */
export type FindInput = Loosely<FindOptions> & Cancellable;

/** `output`, `format`, `crop`, `margin`, `background`, `size`: how a picture looks. Defaults: docs/library.md. */
export type RenderInput = Loosely<RenderOptions> & Cancellable;

/** `which` (`all`, `main`, or a number from 1): the dress to describe; `all` is the largest. */
export type DescribeInput = Loosely<Pick<CutOutOptions, 'which'>> & Cancellable;

/** All of them. */
export type CutOutInput = Loosely<CutOutOptions> & Cancellable;

/** Cuts dresses out of photos. Any number of calls may be under way. */
export interface Dresscut {
  /** The network that answers. */
  readonly model: ModelInfo;
  /**
   * Decode a photo and find the dress in it.
   *
   * @returns the photo (upright, 8-bit sRGB, `3 * width * height` bytes), its matte (`width * height` bytes, 0 none to
   *   255 all dress; `null` when the verdict is `no_dress`) and the findings
   * @throws DresscutError `too-large`, `too-many-pixels`, `unsupported-format`, `undecodable-image`, `invalid-option`
   *   and the like: `code` is stable, `message` is for people; or the signal's reason
   */
  find(photo: PhotoBytes, options?: FindInput): Promise<Found>;
  /**
   * Draw a picture of what was found; as many as are wanted, without looking at the photo again.
   *
   * @returns an image file: `bytes`, `contentType`, `width`, `height`. The same in, the same bytes out.
   * @throws DresscutError `no-dress` where there is no matte; `invalid-option`; or the signal's reason
   */
  render(found: Found, options?: RenderInput): Promise<Encoded>;
  /**
   * Say what a dress that was found looks like, without looking at the photo again.
   *
   * @returns its colours, pattern and length, and an embedding: the dot product of two is how alike the dresses are
   * @throws DresscutError `no-dress` where there is no matte, or no dress of this number; or the signal's reason
   */
  describe(found: Found, options?: DescribeInput): Promise<Description>;
  /**
   * Find, then render.
   *
   * @returns what was found, and `image`: `null` when the verdict is `no_dress`, which is no error
   * @throws DresscutError as `find` and `render` do, but never `no-dress`
   */
  cutOut(photo: PhotoBytes, options?: CutOutInput): Promise<CutOutResult>;
  /** Wait for what is under way, then give back the network and end the decoder's process. Later calls reject. */
  close(): Promise<void>;
}

/** Beside `build/` in the package, and beside `lib/` in the sources. */
const MODELS = join(__dirname, '..', 'models');

/**
 * Load the network (0.1 to 0.5 s) and be ready to cut. Once per process is enough: keep what it
 * returns, and share it.
 *
 * @throws DresscutError `model-unavailable` when the network cannot be loaded, `invalid-option` for numbers out of range
 */
export async function createDresscut(options: DresscutOptions = {}): Promise<Dresscut> {
  const threads = whole('threads', options.threads ?? Math.max(1, Math.min(4, availableParallelism() - 1)));
  const concurrency = whole('concurrency', options.concurrency ?? 1);
  const segmenter = onnxSegmenter({ models: options.models ?? MODELS, threads });
  const model = await segmenter.load();
  const findNow = createFind({ segmenter });
  const cutOutNow = createCutOut(findNow);
  const limit = limitConcurrency({ atOnce: concurrency, maxWaiting: Number.POSITIVE_INFINITY });
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  /** One call: in its turn, given up on when the signal says so, and waited for by `close`. */
  function call<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (closing !== undefined) return Promise.reject(new DresscutError('internal', 'This dresscut was closed.'));
    const waits = signal ?? new AbortController().signal;
    const working = limit(waits, work);
    const settled = working.then(ignore, ignore).finally(() => underWay.delete(settled));
    underWay.add(settled);
    return abortable(working, signal);
  }

  return {
    model,
    async find(photo, { signal, ...rest } = {}) {
      const asked = parseOptions(rest);
      return call(signal, async () => findNow(await bytesOf(photo), asked));
    },
    async render(found, { signal, ...rest } = {}) {
      const asked = parseOptions(rest);
      return call(signal, () => render(found, asked));
    },
    async describe(found, { signal, ...rest } = {}) {
      const { which } = parseOptions(rest);
      return call(signal, () => describe(found, which));
    },
    async cutOut(photo, { signal, ...rest } = {}) {
      const asked = parseOptions(rest);
      return call(signal, async () => cutOutNow(await bytesOf(photo), asked));
    },
    close() {
      closing ??= Promise.all(underWay).then(async () => {
        await segmenter.close?.();
        endDecoder();
      });
      return closing;
    },
  };
}

const ignore = () => undefined;

async function bytesOf(photo: PhotoBytes): Promise<Uint8Array> {
  if (photo instanceof Uint8Array) return photo;
  if (photo instanceof Blob) return new Uint8Array(await photo.arrayBuffer());
  // Of any realm: a test runner's ArrayBuffer is not ours.
  if (Object.prototype.toString.call(photo) === '[object ArrayBuffer]') return new Uint8Array(photo);
  const got = typeof photo === 'string' ? 'a string; read the file first' : `${photo === null ? 'null' : typeof photo}`;
  throw new DresscutError('no-photo', `Expected a photo as Uint8Array, ArrayBuffer or Blob, but received ${got}.`);
}

function whole(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= 64) return value;
  throw new DresscutError('invalid-option', `Expected ${name} to be a whole number from 1 to 64, received ${value}.`);
}
