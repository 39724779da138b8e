import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { compiled } from './compiled';

/** This checkout. */
export const ROOT = join(__dirname, '..', '..');
/** No measurement takes longer; one that does is stopped and reported as failed. */
const LIMIT_MS = 180_000;

/** What is being measured, for whoever waits. */
export const say = (what: string) => process.stderr.write(`${what}\n`);

/** Where a task runs. */
export interface Place {
  /** The checkout whose task it is; left out: this one. */
  readonly root?: string;
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One file of `tasks/` in a process of its own: memory, threads and caches are nobody else's. */
export function start(task: string, ask: object, { root = ROOT, env = {} }: Place = {}): ChildProcess {
  const file = join(compiled(root), 'bench', 'tasks', `${task}.js`);
  return spawn(process.execPath, [file, JSON.stringify(ask)], {
    cwd: root,
    env: { ...process.env, ...env },
    timeout: LIMIT_MS,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/**
 * The answer of one task.
 *
 * @param input what it gets on stdin
 * @param watch told of the process when it has started
 * @throws Error with the last line of what the task complained of
 */
export async function measure<T>(
  task: string,
  ask: object,
  input: Uint8Array = new Uint8Array(),
  watch: (child: ChildProcess) => void = () => {},
  place: Place = {},
): Promise<T> {
  const child = start(task, ask, place);
  watch(child);
  const lines = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => (lines.out += chunk));
  child.stderr?.on('data', (chunk: Buffer) => (lines.err += chunk));
  child.stdin?.on('error', () => {}); // a task that failed early reads nothing; its exit says so
  child.stdin?.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  const last = lines.out.trim().split('\n').at(-1) ?? '';
  if (code === 0) return JSON.parse(last) as T;
  const complaint = /^\w*Error.*$/m.exec(lines.err)?.[0] ?? lines.err.trim().split('\n').at(-1);
  throw new Error(`${task}: ${complaint || `ended with ${code ?? `a signal, after at most ${LIMIT_MS} ms`}`}`);
}
