import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const ROOT = join(__dirname, '..', '..');

/** What a trial did to the service. */
export interface Watched<T> {
  readonly result: T;
  readonly seconds: number;
  /** Most that the process and its children held at once, in bytes; 0 where the system does not tell. */
  readonly peakBytes: number;
  /** Longest that `GET /v1/health` took, in milliseconds. */
  readonly silentMilliseconds: number;
}

/** The local service in a process of its own, ready. */
export interface Server {
  readonly port: number;
  /** Address of the S3 server, where there is one. */
  readonly s3: string | undefined;
  readonly pid: number;
  readonly alive: () => boolean;
  /** Runs a trial, and looks at memory and health meanwhile. */
  readonly watch: <T>(trial: () => Promise<T>) => Promise<Watched<T>>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts `bin/serve.ts` with nobody's settings and a catalogue, or `bin/start.ts` with its buckets.
 * @throws Error when it does not get ready
 */
export async function startServer(withBuckets: boolean): Promise<Server> {
  const data = mkdtempSync(join(tmpdir(), 'dresscut-trials-'));
  const env = { PATH: process.env.PATH, PORT: '0', S3_PORT: '0', DRESSCUT_CATALOGUE: join(data, 'catalogue.db') };
  const command = withBuckets ? [join('bin', 'start.ts'), '--no-demo', '--data', data] : [join('bin', 'serve.ts')];
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', ...command], { cwd: ROOT, env });
  child.stderr.resume();
  const { port, s3 } = await addressesOf(child, withBuckets);
  const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  // A busy machine loads the network for longer than a call may take.
  const isReady = () =>
    ask('/v1/ready').then(
      ({ status }) => status === 200,
      () => false,
    );
  for (let tries = 0; !(await isReady()); tries++) {
    if (tries > 20) throw new Error('the service does not get ready');
    await sleep(500);
  }

  async function watch<T>(trial: () => Promise<T>): Promise<Watched<T>> {
    const workerData = { url: `http://127.0.0.1:${port}/v1/health`, pid: child.pid };
    const watcher = new Worker(join(__dirname, 'watcher.ts'), { execArgv: ['--require', 'tsx/cjs'], workerData });
    await once(watcher, 'message');
    const start = performance.now();
    const result = await trial();
    const seconds = (performance.now() - start) / 1000;
    watcher.postMessage('over');
    const [seen] = (await once(watcher, 'message')) as [Pick<Watched<T>, 'peakBytes' | 'silentMilliseconds'>];
    return { result, seconds, ...seen };
  }

  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(data, { recursive: true, force: true });
  };
  const alive = () => child.exitCode === null && child.signalCode === null;
  return { port, s3, pid: child.pid ?? 0, watch, stop, alive };
}

/** What it says that it listens at. Whatever it says later is read and dropped: a full pipe would stop it. */
async function addressesOf(
  { stdout }: ChildProcessWithoutNullStreams,
  withBuckets: boolean,
): Promise<Pick<Server, 'port' | 's3'>> {
  let said = '';
  for await (const [chunk] of on(stdout, 'data', { close: ['end'] })) {
    said += chunk;
    const port = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1];
    const s3 = /S3 +(http:\S+)/.exec(said)?.[1];
    if (port === undefined || (withBuckets && s3 === undefined)) continue;
    stdout.resume();
    return { port: Number(port), s3 };
  }
  throw new Error(`the service did not start:\n${said}`);
}
