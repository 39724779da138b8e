import { parentPort, workerData } from 'node:worker_threads';
import type { Photo } from '../raster';
import type { Network } from './from-network';
import type { Manifest } from './manifest';
import { loadRuntime, type OnnxOptions, openOnnx } from './onnx-network';

// The thread that `onnx-thread.ts` starts: questions come in as messages, and each is answered by one.

/** What it is asked, one of these. */
export type ThreadQuestion =
  | { readonly open: { readonly manifest: Manifest; readonly options: OnnxOptions } }
  | { readonly run: Photo }
  | { readonly close: true };

export type ThreadCall = { readonly id: number } & ThreadQuestion;

export interface ThreadAnswer {
  /** Of the call. */
  readonly id: number;
  readonly value?: unknown;
  readonly error?: Error;
}

/** How many calls of ONNX Runtime are not over; from the start, its loading is one. */
const { busy } = workerData as { busy: Int32Array };

function over(): void {
  Atomics.sub(busy, 0, 1);
  Atomics.notify(busy, 0);
}

// Before anybody asks.
loadRuntime().then(over, over);

let network: Promise<Network> | undefined;

async function answer(question: ThreadQuestion): Promise<unknown> {
  if ('open' in question) {
    network = openOnnx(question.open.manifest, question.open.options);
    const { sha256, engine } = await network;
    return { sha256, engine };
  }
  if (network === undefined) throw new Error('no network is open');
  if ('run' in question) return (await network).run(question.run);
  return (await network).close?.();
}

parentPort?.on('message', ({ id, ...question }: ThreadCall) => {
  Atomics.add(busy, 0, 1);
  answer(question)
    .finally(over)
    .then(
      (value) => parentPort?.postMessage({ id, value } satisfies ThreadAnswer),
      (error: Error) => parentPort?.postMessage({ id, error } satisfies ThreadAnswer),
    );
});
