import sharp from 'sharp';
import type { Catalogue } from './catalogue/catalogue';
import { openCatalogue } from './catalogue/open';
import { type Config, loadConfig } from './config';
import { type CutOut, createCutOut } from './cut-out';
import { log } from './log';
import { loadOpenCv } from './opencv';
import type { Segmenter } from './ports';
import { onnxSegmenter } from './segmenters/onnx';
import { tfjsSegmenter } from './segmenters/tfjs';

/** The real parts, joined. */
export interface App {
  readonly cutOut: CutOut;
  readonly segmenter: Segmenter;
  /** `null` where none is configured. */
  readonly catalogue: Catalogue | null;
}

/** The composition root: the one place that chooses implementations. Call it once per process. */
export function createApp(config: Config = loadConfig()): App {
  sharp.concurrency(config.threads);
  const segmenter = segmenterOf(config);
  const catalogue = config.catalogue === undefined ? null : openCatalogue(config.catalogue);
  return { cutOut: createCutOut({ segmenter, opencv: loadOpenCv }), segmenter, catalogue };
}

/** Nothing is chosen by what happens to be installed, except where `tfjs` asks for just that. */
const RUNTIMES = { tfjs: 'any', 'tfjs-node': 'native', 'tfjs-wasm': 'wasm' } as const;

function segmenterOf({ segmenter, models, threads }: Config): Segmenter {
  if (segmenter === 'onnx') return onnxSegmenter({ models, threads });
  return tfjsSegmenter({ models, runtime: RUNTIMES[segmenter], log });
}
