import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor } from 'onnxruntime-node';
import type { Segmenter } from '../ports';
import { checkSha256, fromNetwork, type Network } from './from-network';
import type { Manifest } from './manifest';

export interface OnnxOptions {
  /** Folder of `model.json` and the network. */
  readonly models: string;
  /** Threads of one run; more than the CPUs one really has are several times slower. */
  readonly threads: number;
}

/** The default engine. The graph normalises and calibrates inside; here bytes go in and floats come out. */
export function onnxSegmenter(options: OnnxOptions): Segmenter {
  return fromNetwork(options.models, (manifest) => open(manifest, options));
}

async function open({ file, sha256 }: Manifest, { models, threads }: OnnxOptions): Promise<Network> {
  const network = await readFile(join(models, file));
  checkSha256(file, sha256, [network]);
  const ort = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(network, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionProviders: ['cpu'],
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
