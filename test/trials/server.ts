import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

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
  readonly alive: () => boolean;
  /** Runs a trial, and looks at memory and health meanwhile. */
  readonly watch: <T>(trial: () => Promise<T>) => Promise<Watched<T>>;
  readonly stop: () => Promise<void>;
}

/** Starts `bin/serve.ts` with nobody's settings. @throws Error when it does not get ready */
export async function startServer(): Promise<Server> {
  const env = { PATH: process.env.PATH, PORT: '0' };
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
    let [peakBytes, silentMilliseconds, over] = [0, 0, false];
    const memory = async () => {
      for (; !over; await sleep(50)) peakBytes = Math.max(peakBytes, await residentBytes(child.pid ?? 0));
    };
    const health = async () => {
      for (; !over; await sleep(50)) {
        const start = performance.now();
        await ask('/v1/health').catch(() => undefined);
        silentMilliseconds = Math.max(silentMilliseconds, performance.now() - start);
      }
    };
    const watching = Promise.all([memory(), health()]);
    const start = performance.now();
    try {
      const result = await trial();
      const seconds = (performance.now() - start) / 1000;
      over = true;
      await watching;
      return { result, seconds, peakBytes, silentMilliseconds };
    } finally {
      over = true;
    }
  }

  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  return { port, watch, stop, alive: () => child.exitCode === null && child.signalCode === null };
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

/** Of a process and all below it; what ends while we look counts as nothing. */
async function residentBytes(pid: number): Promise<number> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  const [status, below] = await Promise.all([read('status'), read(`task/${pid}/children`)]);
  const own = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  const others = below.split(' ').filter(Boolean).map(Number);
  return (await Promise.all(others.map(residentBytes))).reduce((sum, bytes) => sum + bytes, own);
}
