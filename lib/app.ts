import sharp from 'sharp';
import { type Config, loadConfig } from './config';
import { type CutOut, createCutOut } from './cut-out';
import { loadOpenCv } from './opencv';
import type { Segmenter } from './ports';
import { onnxSegmenter } from './segmenters/onnx';

/** The real parts, joined. */
export interface App {
  readonly cutOut: CutOut;
  readonly segmenter: Segmenter;
}

/** The composition root: the one place that chooses implementations. Call it once per process. */
export function createApp(config: Config = loadConfig()): App {
  sharp.concurrency(config.threads);
  const segmenter = onnxSegmenter(config);
  return { cutOut: createCutOut({ segmenter, opencv: loadOpenCv }), segmenter };
}
