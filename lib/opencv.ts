import { DresscutError, messageOf } from './errors';
import { once } from './once';

/**
 * The only file that knows OpenCV.js. It loads the WASM once, names the few functions that we use (the
 * package's own types do not cover grabCut), and owns native memory: Mats live
 * in `scoped` and never leave it.
 */
export interface Mat {
  readonly rows: number;
  /** A view into the WASM heap. It has length 0 after the heap grew: copy out before the next allocation. */
  readonly data: Uint8Array;
  delete(): void;
}

export interface OpenCv {
  readonly Mat: {
    new (): Mat;
    new (rows: number, cols: number, type: number): Mat;
    zeros(rows: number, cols: number, type: number): Mat;
  };
  readonly Rect: new (x: number, y: number, width: number, height: number) => object;
  readonly CV_8UC1: number;
  readonly CV_8UC3: number;
  readonly GC_INIT_WITH_RECT: number;
  grabCut(photo: Mat, mask: Mat, box: object, bgd: Mat, fgd: Mat, iterations: number, mode: number): void;
  setRNGSeed(seed: number): void;
  exceptionFromPtr(pointer: number): { msg: string };
}

/** OpenCV in a box: some builds of the module are their own thenable, and awaiting such a thing never ends. */
interface OpenCvBox {
  readonly cv: OpenCv;
}

/**
 * OpenCV, loaded at the first call (0.3 to 1 s, 110 MB of memory) and kept for the life of the process.
 * @throws DresscutError `internal` when the WASM does not start; the next call tries again.
 */
export const loadOpenCv: () => Promise<OpenCvBox> = once(() =>
  start().catch((cause: unknown) => {
    throw new DresscutError('internal', 'OpenCV did not start', { cause });
  }),
);

async function start(): Promise<OpenCvBox> {
  // Loaded here, not at the top: requests that need no OpenCV must not pay for it. By `require`, because the module is
  // a Promise itself: `import()` compiled to CommonJS wraps it into an object that looks like one and is none.
  const cv = await (require('@techstark/opencv-js') as Promise<OpenCv>);
  return { cv };
}

/** Takes charge of a Mat (or anything with `delete`) until the scope ends. */
export type Own = <T extends { delete(): void }>(thing: T) => T;

/**
 * Load OpenCV where it is not yet, run `work`, and free every Mat that it owns, also when it throws. The work itself is
 * synchronous on purpose: two scopes never interleave, so OpenCV's one random generator stays ours from seed to result.
 *
 * @param work allocates through `own`, computes, copies its result out of the heap, returns it.
 * @throws DresscutError `internal` with OpenCV's own message; OpenCV itself throws bare numbers.
 */
export async function scoped<T>(work: (cv: OpenCv, own: Own) => T): Promise<T> {
  const { cv } = await loadOpenCv();
  const owned: { delete(): void }[] = [];
  const own: Own = (thing) => {
    owned.push(thing);
    return thing;
  };
  try {
    return work(cv, own);
  } catch (thrown) {
    if (thrown instanceof DresscutError) throw thrown;
    const message = typeof thrown === 'number' ? cv.exceptionFromPtr(thrown).msg : messageOf(thrown);
    throw new DresscutError('internal', `OpenCV: ${message}`, { cause: thrown });
  } finally {
    for (const thing of owned.reverse()) thing.delete();
  }
}
