import type { Config } from './config';
import { type CutOut, createCutOut } from './cut-out';
import { createFind, type Find } from './find';
import { log } from './log';
import { guardSharp, sharp } from './pipeline/codec';
import type { Segmenter } from './ports';
import { onnxSegmenter } from './segmenters/onnx';
import type { OpenOnnx } from './segmenters/onnx-network';
import { tfjsSegmenter } from './segmenters/tfjs';

/** What every road needs, and all that the command line does. */
export interface Engine {
  readonly find: Find;
  readonly cutOut: CutOut;
  readonly segmenter: Segmenter;
}

/** What of the configuration it needs. */
export type EngineSettings = Pick<Config, 'models' | 'segmenter' | 'threads'>;

/**
 * The part of the composition root that cuts; `app.ts` puts catalogue, HTTP and S3 around it.
 *
 * @param open where ONNX Runtime runs the network, if that is the engine; left out: in this thread
 */
export function createEngine(config: EngineSettings, open?: OpenOnnx): Engine {
  guardSharp();
  sharp.concurrency(config.threads);
  const segmenter = segmenterOf(config, open);
  const find = createFind({ segmenter });
  return { find, cutOut: createCutOut(find), segmenter };
}

/** Nothing is chosen by what happens to be installed, except where `tfjs` asks for just that. */
const RUNTIMES = { tfjs: 'any', 'tfjs-node': 'native', 'tfjs-wasm': 'wasm' } as const;

function segmenterOf({ segmenter, models, threads }: EngineSettings, open?: OpenOnnx): Segmenter {
  if (segmenter === 'onnx') return onnxSegmenter({ models, threads }, open);
  return tfjsSegmenter({ models, runtime: RUNTIMES[segmenter], log });
}
