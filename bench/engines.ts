import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../lib/config';
import { messageOf } from '../lib/errors';
import { ms, table } from './table';

const ROOT = join(__dirname, '..');

/** One engine that runs the network, or the reason why it did not. */
export interface EngineRow {
  readonly name: string;
  /** Megabytes of the model's files, and of the engine's packages as npm lays them out, with all their platforms. */
  readonly modelMb: number;
  readonly packagesMb: number;
  /** Milliseconds and megabytes of a process of its own; `null`: it did not run, for `reason`. */
  readonly measured: EngineTimes | null;
  readonly reason?: string;
}

interface EngineTimes {
  readonly width: number;
  readonly height: number;
  /** From nothing to a network that is ready. */
  readonly load: number;
  readonly first: number;
  readonly warm: number;
  readonly peakRss: number;
}

const WASM = ['tfjs-core', 'tfjs-converter', 'tfjs-backend-cpu', 'tfjs-backend-wasm'];
const NATIVE = ['tfjs', 'tfjs-node', 'tfjs-core', 'tfjs-converter', 'tfjs-layers', 'tfjs-data', 'tfjs-backend-cpu'];
const scoped = (names: readonly string[]) => names.map((name) => `@tensorflow/${name}`);

const MEASURED: readonly { engine: Engine; name: string; packages: readonly string[] }[] = [
  { engine: 'onnx', name: 'onnxruntime-node', packages: ['onnxruntime-node', 'onnxruntime-common'] },
  { engine: 'tfjs-wasm', name: 'TensorFlow.js, WebAssembly', packages: scoped(WASM) },
  { engine: 'tfjs-node', name: 'TensorFlow.js, libtensorflow', packages: scoped([...NATIVE, 'tfjs-backend-webgl']) },
];

/** The network alone on each engine that is installed, one thread. */
export async function enginesAll(
  rounds: number,
  measure: (engine: object) => Promise<EngineTimes & { readonly engine: string }>,
): Promise<EngineRow[]> {
  const manifest = JSON.parse(await readFile(join(ROOT, 'models', 'model.json'), 'utf8')) as {
    file: string;
    tfjs: { bytes: number };
  };
  const onnxBytes = (await stat(join(ROOT, 'models', manifest.file))).size;
  const rows: EngineRow[] = [];
  for (const { engine, name, packages } of MEASURED) {
    const modelMb = (engine === 'onnx' ? onnxBytes : manifest.tfjs.bytes) / 1e6;
    const size = { modelMb, packagesMb: await megabytesOf(packages) };
    try {
      const { engine: called, ...measured } = await measure({ engine, rounds, threads: 1 });
      rows.push({ name: called, ...size, measured });
    } catch (thrown) {
      const message = messageOf(thrown);
      // Why, in short; how to install it stands in docs/decisions/engine.md.
      const reason = message.replace(/^.*could not be loaded: /, '').split(';')[0] ?? message;
      rows.push({ name, ...size, measured: null, reason });
    }
  }
  return rows;
}

/** What lies in the packages' folders; a library that is linked from elsewhere counts once. */
async function megabytesOf(packages: readonly string[]): Promise<number> {
  const sizes = new Map<number, number>();
  for (const name of packages) {
    const folder = join(ROOT, 'node_modules', name);
    if (!existsSync(folder)) continue;
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const found = await stat(join(entry.parentPath, entry.name));
      if (found.isFile()) sizes.set(found.ino, found.size);
    }
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0) / 1e6;
}

/** As Markdown. */
export function engineTable(rows: readonly EngineRow[]): string {
  return table([
    ['engine', 'load ms', 'first ms', 'warm ms', 'peak RSS MB', 'model MB', 'packages MB'],
    ...rows.map(({ name, measured, reason, modelMb, packagesMb }) => [
      name,
      ...(measured === null
        ? [`not measured: ${reason}`, '-', '-', '-']
        : [ms(measured.load), ms(measured.first), ms(measured.warm), measured.peakRss]),
      ...[modelMb.toFixed(1), measured === null ? '-' : packagesMb.toFixed(0)],
    ]),
  ]);
}
