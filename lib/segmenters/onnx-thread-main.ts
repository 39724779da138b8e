import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
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

/** What it is told when it starts. */
export interface ThreadData {
  /** How many calls of ONNX Runtime are not over; from the start, its loading is one. */
  readonly busy: Int32Array;
  /** Of the network that is opened before anybody asks. */
  readonly ahead: OnnxOptions | undefined;
}

const { busy, ahead } = workerData as ThreadData;

function over(): void {
  Atomics.sub(busy, 0, 1);
  Atomics.notify(busy, 0);
}

type NamedNetwork = Pick<Manifest, 'file' | 'sha256'>;

/** The network that the manifest of a folder names, as far as one can tell without looking closely at the manifest. */
async function openAhead(options: OnnxOptions): Promise<NamedNetwork & { readonly network: Promise<Network> }> {
  const text = await readFile(join(options.models, 'model.json'), 'utf8');
  const { file, sha256 } = JSON.parse(text) as NamedNetwork;
  const network = openOnnx({ file, sha256 }, options);
  await network;
  return { file, sha256, network };
}

let first = ahead === undefined ? loadRuntime().then(() => null) : openAhead(ahead);
first.then(over, over);

/** The one that is open already, if it is the one that is asked for; what is wrong with it is found once more. */
async function open(manifest: Manifest, options: OnnxOptions): Promise<Network> {
  const known = await first.catch(() => null);
  // Whoever has it may close it.
  first = Promise.resolve(null);
  const isSame = known?.file === manifest.file && known.sha256 === manifest.sha256 && isDeepStrictEqual(options, ahead);
  return isSame ? known.network : openOnnx(manifest, options);
}

let network: Promise<Network> | undefined;

async function answer(question: ThreadQuestion): Promise<unknown> {
  if ('open' in question) {
    network = open(question.open.manifest, question.open.options);
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
