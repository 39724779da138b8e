import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

// In a thread of its own: what trials do on theirs, such as sending a gigabyte, is no silence of the service.

const { url, pid } = workerData as { readonly url: string; readonly pid: number };
let [peakBytes, silentMilliseconds] = [0, 0];
let over = false;

async function memory(): Promise<void> {
  for (; !over; await sleep(50)) peakBytes = Math.max(peakBytes, await residentBytes(pid));
}

async function health(): Promise<void> {
  for (; !over; await sleep(50)) {
    const start = performance.now();
    const answer = await fetch(url).catch(() => null);
    await answer?.arrayBuffer();
    silentMilliseconds = Math.max(silentMilliseconds, performance.now() - start);
  }
}

/**
 * Of a process and all below it; what ends while we look counts as nothing. A child that has not become a program of its
 * own yet says of itself what its parent is and holds: that is counted once.
 */
async function residentBytes(process: number, parent = ''): Promise<number> {
  const read = (file: string) => readFile(`/proc/${process}/${file}`, 'utf8').catch(() => '');
  const [status, below, command] = await Promise.all([
    read('status'),
    read(`task/${process}/children`),
    read('cmdline'),
  ]);
  if (command === parent) return 0;
  const own = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  const others = below.split(' ').filter(Boolean).map(Number);
  const held = await Promise.all(others.map((other) => residentBytes(other, command)));
  return held.reduce((sum, bytes) => sum + bytes, own);
}

const watching = fetch(url)
  .then((answer) => answer.arrayBuffer())
  .then(() => {
    // The first call of a thread takes a while of its own.
    parentPort?.postMessage('watching');
    return Promise.all([memory(), health()]);
  });
parentPort?.once('message', async () => {
  over = true;
  await watching;
  parentPort?.postMessage({ peakBytes, silentMilliseconds });
  parentPort?.close();
});
