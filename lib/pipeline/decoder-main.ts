import { Worker } from 'node:worker_threads';
import { asDresscutError } from '../errors';
import { guardSharp } from './codec';
import { decodeFile } from './decode-file';
import { SIGNAL_OF_MEMORY, SIGNAL_OF_TIME } from './decoder-signals';
import type { PhotoFormat } from './formats';
import { type Frame, FrameReader, frameParts } from './frames';
import { MAX_DECODE_BYTES, MAX_DECODE_SECONDS } from './limits';

// The process that `decoder-process.ts` starts: photos in at stdin, pixels or an error out at stdout, one at a time.

/** Looks after the main thread, which hears nothing while WASM decodes. Sleeps while there is nothing to decode. */
const WATCHDOG = `
const { workerData: { state, seconds, bytes, time, memory, parent } } = require('node:worker_threads');
for (;;) {
  Atomics.wait(state, 0, 0);
  const start = process.cpuUsage();
  while (Atomics.load(state, 0) === 1) {
    Atomics.wait(state, 0, 1, 20);
    const { user, system } = process.cpuUsage(start);
    if (user + system > seconds * 1e6) process.kill(process.pid, time);
    if (process.memoryUsage.rss() > bytes) process.kill(process.pid, memory);
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }
}`;

guardSharp();
const state = new Int32Array(new SharedArrayBuffer(4));

function watch(working: boolean): void {
  Atomics.store(state, 0, working ? 1 : 0);
  Atomics.notify(state, 0);
}

async function answer({ json, data }: Frame): Promise<void> {
  watch(true);
  const { format } = json as { format: PhotoFormat };
  try {
    const { width, height, rgb } = await decodeFile(data, format);
    send({ width, height }, rgb);
  } catch (thrown) {
    const { code, message, facts, cause } = asDresscutError(thrown);
    send({ error: { code, message, facts, cause: cause instanceof Error ? cause.message : null } }, new Uint8Array(0));
  }
  watch(false);
  // Pixels of a photo that is done with would otherwise wait for the next one to push them out.
  globalThis.gc?.();
}

function send(json: unknown, data: Uint8Array): void {
  for (const part of frameParts(json, data)) process.stdout.write(part);
}

new Worker(WATCHDOG, {
  eval: true,
  workerData: {
    state,
    seconds: MAX_DECODE_SECONDS,
    bytes: MAX_DECODE_BYTES,
    time: SIGNAL_OF_TIME,
    memory: SIGNAL_OF_MEMORY,
    parent: process.ppid,
  },
}).unref();

const reader = new FrameReader((frame) => void answer(frame));
process.stdin.on('data', (chunk: Buffer) => reader.push(chunk));
process.stdin.on('end', () => process.exit());
// An interrupt at the terminal reaches every process; this one ends with the process that it works for.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
