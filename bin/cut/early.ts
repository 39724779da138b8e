import { loadConfig } from '../../lib/config';
import { startOnnxThread } from '../../lib/segmenters/onnx-thread';

export const config = loadConfig();

/** Whether a photo may come, rather than help be asked for. */
const cuts = process.argv.slice(2).some((word) => !/^(-h|--help|-V|--version)$/.test(word));

/** ONNX Runtime in a thread of its own, begun before the rest of the command is loaded, and running beside it. */
export const openOnnx =
  cuts && config.segmenter === 'onnx' ? startOnnxThread({ models: config.models, threads: config.threads }) : undefined;
