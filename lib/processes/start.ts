import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

const EXTENSION = extname(__filename);

/** From its sources the project runs through a loader, and so does whatever it starts. */
const loader = () => (EXTENSION === '.ts' ? ['--require', createRequire(__filename).resolve('tsx/cjs')] : []);

/**
 * For glibc's allocator, read when a process starts; others take no notice, and what is set already stays. By default
 * each thread that decodes, cuts and encodes gets an arena of its own, and each arena keeps what photos have left. One
 * arena, and what is above 32 MB given back at once, left a worker, while OpenCV was in it, 390 MB after photos of 48
 * megapixels, 590 without, in the same time; thresholds of 1 to 4 MB left less, but an ordinary photo took longer.
 *
 * Fresh memory costs a fault for every 4 kB, more time than a decoder takes to fill it. glibc from 2.35 asks for pages
 * of 2 MB, where the system grants them to those who ask: photos of 12 megapixels then take 0.6 of the time, and no
 * more memory (docs/benchmarks.md). `serverless.yml` sets the same for the functions.
 */
export const MALLOC = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '33554432',
  MALLOC_TRIM_THRESHOLD_: '33554432',
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
};

/**
 * Starts a module of ours as a process of its own. It ends when nobody is left who could write to its stdin.
 *
 * @param path of the module, without its extension: `.ts` from the sources, `.js` where they are built
 */
export function startModule(path: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  // biome-ignore lint/style/noProcessEnv: all of it is handed on, nothing in it is a setting of ours
  const env = { ...MALLOC, ...process.env };
  const child = spawn(process.execPath, ['--expose-gc', ...loader(), `${path}${EXTENSION}`, ...args], { stdio, env });
  // A process that ended is noticed by its end; that nobody reads what it is sent adds nothing.
  child.stdin?.on('error', () => {});
  child.on('error', () => {});
  return child;
}

/**
 * Starts a module of ours as a thread of this process.
 *
 * @param path as above
 * @param workerData what it is told at its start
 */
export function startThread(path: string, workerData: unknown): Worker {
  return new Worker(`${path}${EXTENSION}`, { execArgv: loader(), workerData });
}
