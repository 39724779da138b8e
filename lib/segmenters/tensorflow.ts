import { dirname } from 'node:path';
import { messageOf } from '../errors';

/** `native`: libtensorflow by `@tensorflow/tfjs-node`, or nothing. `any`: that where it runs, otherwise WebAssembly. */
export type Runtime = 'any' | 'native' | 'wasm';

/** TensorFlow.js, ready to load a model. */
export interface TensorFlow {
  readonly tf: typeof import('@tensorflow/tfjs-core');
  readonly loadGraphModelSync: typeof import('@tensorflow/tfjs-converter').loadGraphModelSync;
  /** Which runtime it is, with its version. */
  readonly engine: string;
  /** Why it is WebAssembly where the native runtime was allowed. */
  readonly instead?: string;
}

/** With the C library that belongs to it; it is this project's optional peer in this version. */
const INSTALL =
  'npm install --no-save --save-prod @tensorflow/tfjs-node@4.22.0 installs it for Node 20 to 22 ' +
  '(later ones lack util.isNullOrUndefined, which it calls); docs/decisions/engine.md says how to build its addon';

/**
 * @throws Error when the native runtime is asked for and is missing or does not run, or no TensorFlow.js is installed at
 *   all, as on Lambda; it says how to install what is missing
 */
export async function findTensorFlow(runtime: Runtime): Promise<TensorFlow> {
  if (runtime === 'wasm') return wasm();
  try {
    return await native();
  } catch (thrown) {
    const reason = isMissing(thrown, '@tensorflow/tfjs-node')
      ? '@tensorflow/tfjs-node is not installed'
      : `@tensorflow/tfjs-node is installed but does not run on Node ${process.versions.node}: ${messageOf(thrown)}`;
    if (runtime === 'native') throw new Error(`${reason}; ${INSTALL}`, { cause: thrown });
    return { ...(await wasm()), instead: reason };
  }
}

async function native(): Promise<TensorFlow> {
  const tf = await import('@tensorflow/tfjs-node');
  // Joining goes through everything that Node versions have broken: an addon that loads may still not run.
  tf.tidy(() => tf.concat([tf.tensor1d([1]), tf.tensor1d([2])]).dataSync());
  const { loadGraphModelSync, version } = tf;
  return { tf, loadGraphModelSync, engine: `@tensorflow/tfjs-node ${version['tfjs-node']}` };
}

async function wasm(): Promise<TensorFlow> {
  try {
    const tf = await import('@tensorflow/tfjs-core');
    const { loadGraphModelSync } = await import('@tensorflow/tfjs-converter');
    const { setWasmPaths, version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
    // The package's own files: nothing is fetched.
    setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
    if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly backend of TensorFlow.js did not start');
    const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
    const engine = `@tensorflow/tfjs-backend-wasm ${version_wasm} ${simd ? 'with' : 'without'} SIMD`;
    return { tf, loadGraphModelSync, engine };
  } catch (thrown) {
    if (!isMissing(thrown, '@tensorflow/')) throw thrown;
    const where = 'containers, servers and laptops have it after npm ci, the Lambda zips do not carry it';
    throw new Error(`TensorFlow.js is not installed: ${where}; SEGMENTER=onnx is the engine for Lambda`, {
      cause: thrown,
    });
  }
}

/** Whether the package itself is not there; one that lacks a part of its own is broken, not missing. */
function isMissing(thrown: unknown, name: string): boolean {
  const { code } = thrown as { code?: unknown };
  const absent = code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
  return absent && new RegExp(`Cannot find (module|package) '${name}`).test(messageOf(thrown));
}
