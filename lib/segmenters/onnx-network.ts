import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor } from 'onnxruntime-node';
import type { Network } from './from-network';
import type { Manifest } from './manifest';
import { checkSha256 } from './sha256';

export interface OnnxOptions {
  /** Folder of `model.json` and the network. */
  readonly models: string;
  /** Threads of one run; more than the CPUs one really has are several times slower. */
  readonly threads: number;
}

/** Loads the network that a manifest names. */
export type OpenOnnx = (manifest: Manifest, options: OnnxOptions) => Promise<Network>;

/** ONNX Runtime itself, 50 to 100 ms at first. */
export const loadRuntime = () => import('onnxruntime-node');

/** @throws Error where the file is missing, is another one than the manifest says, or no network */
export async function openOnnx(
  { file, sha256 }: Pick<Manifest, 'file' | 'sha256'>,
  { models, threads }: OnnxOptions,
): Promise<Network> {
  const network = await readFile(join(models, file));
  checkSha256(file, sha256, [network]);
  const ort = await loadRuntime();
  const session = await ort.InferenceSession.create(network, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionProviders: ['cpu'],
    // A plan of the memory that a size takes is a block of its own, touched when that size first comes again: that view
    // takes 71 ms instead of 14, and none after it less.
    enableMemPattern: false,
    logSeverityLevel: 3,
  });
  return {
    sha256,
    engine: `onnxruntime-node ${ort.env.versions.common}`,
    close: () => session.release(),
    async run(small) {
      const photo = new ort.Tensor('uint8', small.rgb, [1, small.height, small.width, 3]);
      const { probabilities, presence, turned, features } = await session.run({ photo });
      return {
        planes: floats(probabilities),
        presence: floats(presence)[0] ?? 0,
        turned: turned && floats(turned),
        features: features && { dims: features.dims, data: floats(features) },
      };
    },
  };
}

/** @throws Error where the network lacks an output that serving cannot do without */
function floats(output: Tensor | undefined): Float32Array {
  if (!(output?.data instanceof Float32Array)) throw new Error('the network gives no probabilities or no presence');
  return output.data;
}
