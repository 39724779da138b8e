import type { ChildProcess } from 'node:child_process';
import { DresscutError } from '../errors';
import { type Frame, FrameReader, frameParts } from '../processes/frames';
import { fromPlain, type PlainError } from '../processes/plain-error';
import { startModule } from '../processes/start';
import { ABORTED_SECONDS, MAX_JOB_SECONDS, MAX_WORKER_BYTES, SIGNAL_OF_MEMORY } from './limits';

/** A process that does one job at a time. */
export interface WorkerProcess {
  /**
   * @param json says what to do, `data` with what
   * @param signal aborted: the worker is ended where it does not come to an end by itself soon
   * @throws DresscutError that the job threw; `too-complex`, `out-of-time`, `internal` where the worker was ended
   */
  ask(json: unknown, data: Uint8Array, signal?: AbortSignal): Promise<Frame>;
  /** Ends it, whatever it does. */
  end(): void;
}

/**
 * @param path of the module that the process runs, without its extension; it calls `answerAsWorker`
 * @param settings what it is told at its start: what JSON can hold
 * @param onEnd told once, when the process is gone or could not be started
 */
export function startWorker(path: string, settings: object, onEnd: () => void): WorkerProcess {
  // Answers have a pipe of their own: what a library prints is no answer, and goes where our log goes.
  const child = startModule(path, [JSON.stringify(settings)], ['pipe', 2, 2, 'pipe']);
  let gone = false;
  const leave = () => {
    if (!gone) onEnd();
    gone = true;
  };
  child.on('exit', leave).on('error', leave);
  child.stdio[3]?.on('error', () => {});
  return {
    ask: async (json, data, signal) => {
      if (gone) throw new DresscutError('internal', 'The process that cuts is gone.');
      const frame = await exchange(child, json, data, signal);
      const { error } = frame.json as { readonly error?: PlainError };
      if (error) throw fromPlain(error);
      return frame;
    },
    end: () => child.kill('SIGKILL'),
  };
}

function exchange(child: ChildProcess, json: unknown, data: Uint8Array, signal?: AbortSignal): Promise<Frame> {
  return new Promise((resolve, reject) => {
    const output = child.stdio[3];
    const timers: NodeJS.Timeout[] = [];
    let why: DresscutError | undefined;
    const endAfter = (seconds: number, reason: DresscutError) => {
      const stop = () => {
        why = reason;
        child.kill('SIGKILL');
      };
      timers.push(setTimeout(stop, 1000 * seconds));
    };
    const onAbort = () => endAfter(ABORTED_SECONDS, reasonOf(signal?.reason));
    const settle = (outcome: () => void) => {
      timers.forEach(clearTimeout);
      signal?.removeEventListener('abort', onAbort);
      output?.off('data', onData);
      child.off('exit', onExit).off('error', onError);
      outcome();
    };
    const reader = new FrameReader((frame) => settle(() => resolve(frame)));
    const onData = (chunk: Uint8Array) => reader.push(chunk);
    const onExit = (code: number | null, how: string | null) => settle(() => reject(why ?? ended(how ?? String(code))));
    const onError = (cause: Error) =>
      settle(() => reject(new DresscutError('internal', `No worker could be started: ${cause.message}`, { cause })));
    output?.on('data', onData);
    child.on('exit', onExit).on('error', onError);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    endAfter(MAX_JOB_SECONDS, new DresscutError('out-of-time', `Cutting was not done after ${MAX_JOB_SECONDS} s.`));
    for (const part of frameParts(json, data)) child.stdin?.write(part);
  });
}

function reasonOf(reason: unknown): DresscutError {
  if (reason instanceof DresscutError) return reason;
  return new DresscutError('out-of-time', 'The caller has hung up.', { cause: reason });
}

function ended(how: string): DresscutError {
  if (how !== SIGNAL_OF_MEMORY) return new DresscutError('internal', `The process that cuts ended with ${how}.`);
  const megabytes = MAX_WORKER_BYTES / 1e6;
  const message = `The photo takes more than ${megabytes} MB to cut; reduce it.`;
  return new DresscutError('too-complex', message, { facts: { maxMegabytes: megabytes } });
}
