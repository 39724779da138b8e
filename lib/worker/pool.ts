import { DresscutError } from '../errors';
import type { WorkerProcess } from './worker-process';

export interface PoolSettings {
  /** Workers at most. */
  readonly size: number;
  readonly start: (onEnd: () => void) => WorkerProcess;
  /** Makes a new worker ready for its first job. */
  readonly warm: (worker: WorkerProcess) => Promise<unknown>;
}

export interface Pool {
  /**
   * Runs `work` with a worker that does nothing else meanwhile, first come first served.
   * @throws DresscutError `internal` once the pool is closed
   */
  readonly use: <T>(work: (worker: WorkerProcess) => Promise<T>) => Promise<T>;
  /** Those that live. */
  readonly all: () => readonly WorkerProcess[];
  /** How many have ended. */
  readonly ends: () => number;
  /** Ends all of them, whatever they do. */
  readonly close: () => void;
}

/**
 * Workers for one job each, started when they are needed. One that ends after it has been of use is replaced at once, so
 * that the next job finds it warm; one that never was is not, because the next would end likewise.
 */
export function createPool({ size, start, warm }: PoolSettings): Pool {
  const living = new Set<WorkerProcess>();
  const useful = new WeakSet<WorkerProcess>();
  /** The one that was used last at the end: it remembers the photo that the next stroke is for. */
  const idle: WorkerProcess[] = [];
  const waiting: { readonly go: (worker: WorkerProcess) => void; readonly give: (up: DresscutError) => void }[] = [];
  let ends = 0;
  let closed = false;

  function add(): WorkerProcess {
    const worker = start(() => onEnd(worker));
    living.add(worker);
    return worker;
  }

  function onEnd(worker: WorkerProcess): void {
    ends += 1;
    living.delete(worker);
    if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
    if (closed) return;
    const next = waiting.shift();
    if (next !== undefined) next.go(add());
    else if (useful.has(worker)) use(warm).catch(() => undefined);
  }

  async function take(): Promise<WorkerProcess> {
    if (closed) throw ended();
    const worker = idle.pop() ?? (living.size < size ? add() : undefined);
    return worker ?? new Promise((go, give) => waiting.push({ go, give }));
  }

  function giveBack(worker: WorkerProcess): void {
    if (!living.has(worker)) return;
    const next = waiting.shift();
    if (next === undefined) idle.push(worker);
    else next.go(worker);
  }

  async function use<T>(work: (worker: WorkerProcess) => Promise<T>): Promise<T> {
    const worker = await take();
    try {
      const result = await work(worker);
      useful.add(worker);
      return result;
    } finally {
      giveBack(worker);
    }
  }

  return {
    use,
    all: () => [...living],
    ends: () => ends,
    close: () => {
      closed = true;
      for (const worker of living) worker.end();
      for (const { give } of waiting.splice(0)) give(ended());
    },
  };
}

function ended(): DresscutError {
  return new DresscutError('internal', 'The workers were ended.');
}
