import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { io, Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Segmenter } from '../ports';
import type { Photo } from '../raster';
import { type Answer, fromNetwork, type Network, OUTPUTS } from './from-network';
import type { Manifest } from './manifest';
import { checkSha256 } from './sha256';
import { findTensorFlow, type Runtime, type TensorFlow } from './tensorflow';

type GraphModel = ReturnType<TensorFlow['loadGraphModelSync']>;

export interface TfjsOptions {
  /** Folder of `model.json` and of the TensorFlow.js model that it names. */
  readonly models: string;
  readonly runtime: Runtime;
  /** Told which runtime it became, each time that the network is loaded. */
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
}

/**
 * The same network on TensorFlow.js, in float. It runs on the calling thread: nothing else happens while it does. The
 * WebAssembly runtime has one thread in Node; libtensorflow takes as many as `TF_NUM_INTRAOP_THREADS` says, all by default.
 */
export function tfjsSegmenter({ models, runtime, log }: TfjsOptions): Segmenter {
  return fromNetwork(models, async (manifest) => {
    // The engine first: where it is absent, as on Lambda, the model usually is too, and the engine is the reason.
    const tensorflow = await findTensorFlow(runtime);
    const { json, weights, sha256 } = await readModel(models, manifest);
    const run = load(tensorflow, json, weights);
    const { engine, instead } = tensorflow;
    log({ message: 'network loaded', engine, sha256, ...(instead === undefined ? {} : { instead }) });
    return { sha256, engine, run };
  });
}

/** What is read of it here; TensorFlow.js itself reads the rest. */
const modelSchema = z.looseObject({
  weightsManifest: z.array(
    z.looseObject({ paths: z.array(z.string().regex(/^\w[\w.-]*$/, 'must be a plain file name')) }),
  ),
});

/** @throws Error when the manifest names no such model, a file is missing, or the checksum is another */
async function readModel(models: string, { tfjs }: Manifest) {
  if (tfjs === undefined) {
    throw new Error('model.json names no TensorFlow.js model; training/tfjs.py writes one beside the networks');
  }
  const at = join(models, tfjs.file);
  const text = await readFile(at);
  const shards = await Promise.all(shardsIn(text).map((path) => readFile(join(dirname(at), path))));
  const sha256 = checkSha256(tfjs.file, tfjs.sha256, [text, ...shards]);
  const json = JSON.parse(text.toString()) as io.ModelJSON;
  // A copy of its own: TensorFlow.js takes whole buffers, and Node's may be parts of larger ones.
  return { json, weights: new Uint8Array(Buffer.concat(shards)).buffer, sha256 };
}

/** None where it cannot be read: then the checksum is another, and that is what to say. */
function shardsIn(text: Buffer): string[] {
  try {
    return modelSchema.parse(JSON.parse(text.toString())).weightsManifest.flatMap(({ paths }) => paths);
  } catch {
    return [];
  }
}

/** The smallest photo that fills the network's parts, black. */
const TRIAL: Photo = { kind: 'photo', width: 32, height: 32, rgb: new Uint8Array(3 * 32 * 32) };

/** The model's weights stay as tensors; everything else is freed, also where loading or a run fails halfway. */
function load({ tf, loadGraphModelSync }: TensorFlow, json: io.ModelJSON, weights: ArrayBuffer): Network['run'] {
  const runOn = (model: GraphModel, { width, height, rgb }: Photo): Answer => {
    const answer: Answer = { planes: new Float32Array(0), presence: 0 };
    tf.tidy(() => {
      const photo = tf.tensor4d(rgb, [1, height, width, 3], 'int32');
      const names = OUTPUTS.filter((name) => model.outputs.some((output) => output.name.split(':')[0] === name));
      const outputs = model.execute({ photo }, names) as Tensor[];
      const said = new Map(names.map((name, i) => [name, outputs[i]]));
      const [turned, features] = [said.get('turned'), said.get('features')];
      answer.planes = floats(said.get('probabilities'));
      answer.presence = floats(said.get('presence'))[0] ?? 0;
      answer.turned = turned && floats(turned);
      answer.features = features && { dims: features.shape, data: floats(features) };
    });
    return answer;
  };
  let loaded: GraphModel | undefined;
  tf.tidy(() => {
    const model = loadGraphModelSync([json, weights]);
    // An operation that this TensorFlow.js does not know comes out when it runs, not when it is loaded.
    runOn(model, TRIAL);
    for (const tensor of Object.values(model.weights).flat()) tf.keep(tensor);
    loaded = model;
  });
  return async (small) => runOn(loaded as GraphModel, small);
}

/** @throws Error where the network lacks an output that serving cannot do without */
function floats(output: Tensor | undefined): Float32Array {
  if (output === undefined) throw new Error('the network gives no probabilities or no presence');
  return output.dataSync<'float32'>();
}
