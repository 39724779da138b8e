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
  const start = process.cpuUsage();
  while (Atomics.load(state, 0) === 1) {
    Atomics.wait(state, 0, 1, 20);
    const { user, system } = process.cpuUsage(start);
    if (time && user + system > time.seconds * 1e6) process.kill(process.pid, time.signal);
    if (process.memoryUsage.rss() > memory.bytes) process.kill(process.pid, memory.signal);
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }
}`;

/**
 * Ends this process where it takes more than it may, or where the one that started it is gone.
 * @returns tell it when work begins and ends
 */
export function startWatchdog(limits: WatchdogLimits): (working: boolean) => void {
  const state = new Int32Array(new SharedArrayBuffer(4));
  new Worker(WATCHDOG, { eval: true, workerData: { ...limits, state, parent: process.ppid } }).unref();
  return (working) => {
    Atomics.store(state, 0, working ? 1 : 0);
    Atomics.notify(state, 0);
  };
}
