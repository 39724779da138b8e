import { Worker } from 'node:worker_threads';

/** What the process that is watched may take while it works, and which signal ends it then. */
export interface WatchdogLimits {
  /** Processor time; left out: whoever waits for the answer looks at the clock. */
  readonly time?: { readonly seconds: number; readonly signal: NodeJS.Signals };
  /** Resident memory. */
  readonly memory: { readonly bytes: number; readonly signal: NodeJS.Signals };
}

/** In a thread of its own, because the main thread hears nothing while it computes. Sleeps while there is no work. */
const WATCHDOG = `
const { workerData: { state, time, memory, parent } } = require('node:worker_threads');
for (;;) {
  Atomics.wait(state, 0, 0);
  const work = Atomics.load(state, 0);
  if (work === 0) continue;
  const start = process.cpuUsage();
  const before = process.memoryUsage.rss();
  // Where the next work begins at once, no time may be left to see that this one has ended.
  while (Atomics.wait(state, 0, work, 20) === 'timed-out') {
    const { user, system } = process.cpuUsage(start);
    const more = 1000 * Atomics.load(state, 1);
    const most = more > 0 ? Math.min(memory.bytes, before + more) : memory.bytes;
    const rss = process.memoryUsage.rss();
    if (Atomics.load(state, 0) !== work) break;
    if (time && user + system > time.seconds * 1e6) process.kill(process.pid, time.signal);
    if (rss > most) process.kill(process.pid, memory.signal);
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }
}`;

/** What a watchdog is told. */
export interface Watchdog {
  /** When work begins and ends. */
  watch(working: boolean): void;
  /** Of the work at hand: it takes so many bytes more than there were when it began, at most. */
  expect(bytes: number): void;
}

/** Ends this process where it takes more than it may, or where the one that started it is gone. */
export function startWatchdog(limits: WatchdogLimits): Watchdog {
  // The number of the work at hand, 0 for none; how many kilobytes more it may take, 0 where `limits` alone say.
  const state = new Int32Array(new SharedArrayBuffer(8));
  new Worker(WATCHDOG, { eval: true, workerData: { ...limits, state, parent: process.ppid } }).unref();
  let works = 0;
  return {
    watch(working) {
      if (working) works++;
      Atomics.store(state, 1, 0);
      Atomics.store(state, 0, working ? works : 0);
      Atomics.notify(state, 0);
    },
    expect(bytes) {
      Atomics.store(state, 1, Math.ceil(bytes / 1000));
    },
  };
}
