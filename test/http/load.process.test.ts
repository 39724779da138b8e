import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Load } from './load-main';

/** Between the marks; a leak of the smallest raster of a call (the photo's RGB, 220 kB) would be 35 MB. */
const MOST_GROWTH = 30e6;

test('200 calls from 8 callers at once: none lost, none wrong, memory flat', async () => {
  // In a process of its own: what other tests have left in this one comes and goes by hundreds of megabytes.
  const command = ['--expose-gc', '--require', 'tsx/cjs', join(__dirname, 'load-main.ts')];
  const { stdout } = await promisify(execFile)(process.execPath, command, { timeout: 230_000 });
  const { wrong, memory, peak, seconds } = JSON.parse(stdout) as Load;
  const megabytes = memory.map((rss) => Math.round(rss / 1e6));
  console.log(`${seconds.toFixed(1)} s, RSS ${megabytes.join(', ')} MB, peak ${Math.round(peak / 1e6)} MB`);
  expect(wrong).toBe(0);
  const [first = 0, , last = Number.POSITIVE_INFINITY] = memory;
  expect(last - first).toBeLessThan(MOST_GROWTH);
  expect(peak - first).toBeLessThan(5 * MOST_GROWTH);
}, 240_000);
