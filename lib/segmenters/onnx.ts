import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { DresscutError } from '../errors';
import type { ModelInfo, Segmenter } from '../ports';
import type { Photo, Probabilities } from '../raster';
import { type Manifest, readManifest } from './manifest';

type Ort = typeof import('onnxruntime-node');

interface Loaded {
  readonly ort: Ort;
  readonly session: InferenceSession;
  readonly manifest: Manifest;
}

export interface OnnxOptions {
  /** Folder of `model.json` and the network. */
  readonly models: string;
  /** Threads of one run; more than the CPUs one really has are several times slower. */
  readonly threads: number;
}

/**
 * The default engine. The graph normalises and calibrates inside; here bytes go in and floats come out.
 * The network is loaded once, at the first call; a load that failed is forgotten, so that the next call
 * tries again instead of finding a poisoned process.
 */
export function onnxSegmenter(options: OnnxOptions): Segmenter {
  let manifest: Promise<Manifest> | undefined;
  let loading: Promise<Loaded> | undefined;

  const readOnce = (): Promise<Manifest> => {
    manifest ??= readManifest(options.models).catch((thrown: unknown) => {
      manifest = undefined;
      throw thrown;
    });
    return manifest;
  };
  const loadOnce = (): Promise<Loaded> => {
    loading ??= readOnce()
      .then((read) => open(read, options))
      .catch((thrown: unknown) => {
        loading = undefined;
        manifest = undefined; // it may be the manifest that is wrong, or replaced by now
        throw thrown;
      });
    return loading;
  };

  return {
    async load(): Promise<ModelInfo> {
      const { ort, manifest } = await loadOnce();
      const { name, version, sha256 } = manifest;
      return { name, version, sha256, engine: `onnxruntime-node ${ort.env.versions.common}` };
    },

    async inputSize(width, height) {
      const { longest, multiple } = (await readOnce()).input;
      const scale = longest / Math.max(width, height);
      const fit = (side: number) => Math.max(multiple, Math.round((side * scale) / multiple) * multiple);
      return { width: fit(width), height: fit(height) };
    },

    async segment(small): Promise<Probabilities> {
      const { ort, session } = await loadOnce();
      const photo = new ort.Tensor('uint8', small.rgb, [1, small.height, small.width, 3]);
      const { probabilities, presence } = (await session.run({ photo })) as { probabilities: Tensor; presence: Tensor };
      return split(small, probabilities.data as Float32Array, (presence.data as Float32Array)[0] ?? 0);
    },
  };
}

function split({ width, height }: Photo, planes: Float32Array, presence: number): Probabilities {
  const size = width * height;
  return {
    kind: 'probabilities',
    width,
    height,
    background: planes.subarray(0, size),
    skin: planes.subarray(size, 2 * size),
    dress: planes.subarray(2 * size, 3 * size),
    presence,
  };
}

async function open(manifest: Manifest, { models, threads }: OnnxOptions): Promise<Loaded> {
  try {
    const network = await readFile(join(models, manifest.file));
    const sha256 = createHash('sha256').update(network).digest('hex');
    if (sha256 !== manifest.sha256) {
      throw new Error(`${manifest.file} has sha256 ${sha256}, the manifest says ${manifest.sha256}`);
    }
    const ort = await import('onnxruntime-node');
    const session = await ort.InferenceSession.create(network, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionProviders: ['cpu'],
      logSeverityLevel: 3,
    });
    return { ort, session, manifest };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new DresscutError('model-unavailable', `the network could not be loaded: ${reason}`, { cause: thrown });
  }
}
