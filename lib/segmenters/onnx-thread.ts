import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { startThread } from '../processes/start';
import type { Answer, Network } from './from-network';
import type { OnnxOptions, OpenOnnx } from './onnx-network';
import type { ThreadAnswer, ThreadCall, ThreadData, ThreadQuestion } from './onnx-thread-main';

/**
 * ONNX Runtime in a thread of its own, started now: it is loaded, and runs the network, while this thread does other
 * work. For programs that cut one photo after the other. A thread that ended is replaced when it is next asked.
 *
 * @param ahead which network to open before it is asked for; one that cannot be opened is no fault until then
 */
export function startOnnxThread(ahead?: OnnxOptions): OpenOnnx {
  let line = openLine(ahead);
  return async (manifest, options) => {
    const open = { open: { manifest, options } };
    let opened: Line | null = null;
    const ask = (question: ThreadQuestion) => {
      if (line.hasEnded()) line = openLine();
      // Where it cannot be opened, what comes behind is told why.
      if (opened !== line && question !== open) line.ask(open).catch(() => undefined);
      opened = line;
      return line.ask(question);
    };
    const { sha256, engine } = (await ask(open)) as Pick<Network, 'sha256' | 'engine'>;
    return {
      sha256,
      engine,
      run: (small) => ask({ run: small }) as Promise<Answer>,
      close: () => ask({ close: true }) as Promise<void>,
    };
  };
}

/** Milliseconds that the end of the process waits for a run that nobody waits for any more. */
const LONGEST_RUN = 5000;

interface Line {
  hasEnded(): boolean;
  /** @throws Error whatever the thread threw, or that it ended */
  ask(question: ThreadQuestion): Promise<unknown>;
}

interface Asker {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

function openLine(ahead?: OnnxOptions): Line {
  const busy = new Int32Array(new SharedArrayBuffer(4)).fill(1);
  const thread: Worker = startThread(join(__dirname, 'onnx-thread-main'), { busy, ahead } satisfies ThreadData);
  // A thread that is ended while it is inside ONNX Runtime takes the process down with it.
  const wait = () => {
    for (let count = 1; count > 0; count = Atomics.load(busy, 0)) {
      if (Atomics.wait(busy, 0, count, LONGEST_RUN) === 'timed-out') return;
    }
  };
  process.once('exit', wait);
  const askers = new Map<number, Asker>();
  let next = 0;
  let ended: Error | null = null;
  const settle = (id: number, how: (asker: Asker) => void) => {
    const asker = askers.get(id);
    askers.delete(id);
    if (askers.size === 0) thread.unref();
    if (asker !== undefined) how(asker);
  };
  const end = (why: Error) => {
    ended ??= why;
    process.off('exit', wait);
    for (const id of [...askers.keys()]) settle(id, ({ reject }) => reject(why));
  };
  thread.on('message', ({ id, error, value }: ThreadAnswer) =>
    settle(id, ({ resolve, reject }) => (error === undefined ? resolve(value) : reject(error))),
  );
  thread.on('error', end);
  thread.on('exit', (code) => end(new Error(`the network's thread ended with ${code}`)));
  // Only whoever waits for an answer keeps the process. After the listeners, which would keep it, too.
  thread.unref();
  return {
    hasEnded: () => ended !== null,
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (ended !== null) throw ended;
        const id = next++;
        askers.set(id, { resolve, reject });
        thread.ref();
        thread.postMessage({ id, ...question } satisfies ThreadCall);
      }),
  };
}
