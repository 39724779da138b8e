import type { Segmenter } from '../ports';
import { fromNetwork } from './from-network';
import { type OnnxOptions, type OpenOnnx, openOnnx } from './onnx-network';

/**
 * The default engine. The graph normalises and calibrates inside; here bytes go in and floats come out.
 *
 * @param open where it runs; by default in this thread, which does nothing else meanwhile
 */
export function onnxSegmenter(options: OnnxOptions, open: OpenOnnx = openOnnx): Segmenter {
  return fromNetwork(options.models, (manifest) => open(manifest, options));
}
