import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Ort from 'onnxruntime-node';
import { createApp } from '../../lib/app';
import { loadConfig } from '../../lib/config';
import { decode } from '../../lib/pipeline/decode';
import { resize } from '../../lib/pipeline/resize';
import { readManifest } from '../../lib/segmenters/manifest';
import { mean, median } from '../scores';
import { answer, asked, clock, failed, peakRss, photoOf } from './task';

/** The same network file on ONNX Runtime's WebAssembly build, beside the native one, in turns. */
async function main(): Promise<void> {
  const { height, rounds, threads, peers } = asked<{
    height: number;
    rounds: number;
    threads: number;
    peers: string;
  }>();
  // The browser's package has the same interface as the native one.
  const ort = createRequire(join(peers, 'package.json'))('onnxruntime-web') as typeof Ort;
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  const config = { ...loadConfig(), threads };
  const { segmenter } = createApp(config);
  const { file } = await readManifest(config.models);
  const session = await ort.InferenceSession.create(await readFile(join(config.models, file)));
  const { photo } = await decode(await photoOf(height));
  const size = await segmenter.inputSize(photo.width, photo.height);
  const small = await resize(photo, size.width, size.height);
  const input = () => ({ photo: new ort.Tensor('uint8', small.rgb, [1, small.height, small.width, 3]) });
  const theirs = (await session.run(input())).probabilities?.data as Float32Array;
  const ours = (await segmenter.segment(small)).dress;
  const difference = mean([...ours].map((p, i) => Math.abs(p - (theirs[2 * ours.length + i] as number))));
  const wasm: number[] = [];
  const native: number[] = [];
  for (let round = 0; round < rounds; round++) {
    wasm.push(await clock(() => session.run(input())));
    native.push(await clock(() => segmenter.segment(small)));
  }
  answer({ network: median(wasm), native: median(native), difference, peakRss: peakRss() });
}

main().catch(failed);
