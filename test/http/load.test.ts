import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import sharp from 'sharp';
import { createService } from '../../lib/app';
import { configUnderTest } from '../helpers/config-under-test';
import { type Loopback, listen } from '../helpers/loopback';

const CALLS = 200;
const CALLERS = 8;
/** Where memory is looked at: by the first, everything that is loaded once is loaded. */
const MARKS = [40, 120, 200];
/** Between the marks; a leak of the smallest raster of a call (the photo's RGB, 220 kB) would be 35 MB. */
const MOST_GROWTH = 30e6;

/** V8 collects when it likes; what stays after it was told to is what leaks. */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const config = configUnderTest();
let photo: Buffer;
let local: Loopback;
beforeAll(async () => {
  photo = await sharp(readFileSync(join(__dirname, '..', 'fixtures', 'dress.jpg')))
    .resize(224)
    .jpeg()
    .toBuffer();
  local = await listen(createService(config, { keys: 'off', maxAnswerBytes: null }));
});
afterAll(() => local.close());

const cut = async (path: string) => {
  const answer = await fetch(`${local.url}${path}`, { method: 'POST', body: photo as Uint8Array<ArrayBuffer> });
  return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
};

test(`${CALLS} calls from ${CALLERS} callers at once: none lost, none wrong, memory flat`, async () => {
  const paths = ['?crop=1', '?output=mask', '?format=webp', '?background=white'].map(
    (query) => `/v1/cutouts${query}&expect=dress`,
  );
  const expected: Buffer[] = [];
  for (const path of paths) expected.push((await cut(path)).bytes);
  const memory: number[] = [];
  let started = 0;
  let ended = 0;
  let peak = 0;
  const began = performance.now();
  const caller = async () => {
    while (started < CALLS) {
      const kind = started++ % paths.length;
      const { status, bytes } = await cut(paths[kind] as string);
      expect(status).toBe(200);
      expect(bytes.equals(expected[kind] as Buffer)).toBe(true);
      peak = Math.max(peak, process.memoryUsage().rss);
      if (!MARKS.includes(++ended)) continue;
      collect();
      memory.push(process.memoryUsage().rss);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  const seconds = (performance.now() - began) / 1000;
  const megabytes = memory.map((rss) => Math.round(rss / 1e6));
  console.log(
    `${CALLS} calls in ${seconds.toFixed(1)} s, RSS ${megabytes.join(', ')} MB, peak ${Math.round(peak / 1e6)} MB`,
  );
  expect(ended).toBe(CALLS);
  const [first = 0, , last = Number.POSITIVE_INFINITY] = memory;
  expect(last - first).toBeLessThan(MOST_GROWTH);
  expect(peak - first).toBeLessThan(5 * MOST_GROWTH);
}, 240_000);
