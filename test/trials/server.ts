import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
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
  readonly pid: number;
  readonly alive: () => boolean;
  /** Runs a trial, and looks at memory and health meanwhile. */
  readonly watch: <T>(trial: () => Promise<T>) => Promise<Watched<T>>;
  readonly stop: () => Promise<void>;
}

/** Starts `bin/serve.ts` with nobody's settings and a catalogue. @throws Error when it does not get ready */
export async function startServer(): Promise<Server> {
  const data = mkdtempSync(join(tmpdir(), 'dresscut-trials-'));
  const env = { PATH: process.env.PATH, PORT: '0', DRESSCUT_CATALOGUE: join(data, 'catalogue.db') };
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', join('bin', 'serve.ts')], { cwd: ROOT, env });
  child.stderr.resume();
  const port = await portOf(child);
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
  return { port, pid: child.pid ?? 0, watch, stop, alive: () => child.exitCode === null && child.signalCode === null };
}

async function portOf(child: ChildProcess): Promise<number> {
  let said = '';
  for await (const chunk of child.stdout ?? []) {
    said += chunk;
    const port = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`the service did not start:\n${said}`);
}
