import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { createService } from '../../lib/app';
import { configUnderTest } from '../helpers/config-under-test';
import { listen } from '../helpers/loopback';

/** What came of the calls, as it is printed. */
export interface Load {
  /** Answers that were not 200, or not the bytes that the same call gave alone. */
  readonly wrong: number;
  /** Resident memory after each of `MARKS` calls, once V8 has collected, and the most of all, bytes. */
  readonly memory: readonly number[];
  readonly peak: number;
  readonly seconds: number;
}

const CALLS = 200;
const CALLERS = 8;
/** Where memory is looked at: by the first, everything that is loaded once is loaded. */
const MARKS = [40, 120, 200];

async function main(): Promise<void> {
  const photo = await sharp(readFileSync(join(__dirname, '..', 'fixtures', 'dress.jpg')))
    .resize(224)
    .jpeg()
    .toBuffer();
  const local = await listen(createService(configUnderTest(), { keys: 'off', maxAnswerBytes: null }));
  const cut = async (path: string) => {
    const answer = await fetch(`${local.url}${path}`, { method: 'POST', body: photo as Uint8Array<ArrayBuffer> });
    return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
  };
  const paths = ['?crop=1', '?output=mask', '?format=webp', '?background=white'].map(
    (query) => `/v1/cutouts${query}&expect=dress`,
  );
  const expected: Buffer[] = [];
  for (const path of paths) expected.push((await cut(path)).bytes);
  const memory: number[] = [];
  let [started, ended, wrong, peak] = [0, 0, 0, 0];
  const began = performance.now();
  const caller = async () => {
    while (started < CALLS) {
      const kind = started++ % paths.length;
      const { status, bytes } = await cut(paths[kind]!);
      if (status !== 200 || !bytes.equals(expected[kind]!)) wrong++;
      peak = Math.max(peak, process.memoryUsage().rss);
      if (!MARKS.includes(++ended)) continue;
      // V8 collects when it likes; what stays after it was told to is what leaks.
      globalThis.gc?.();
      memory.push(process.memoryUsage().rss);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  const load: Load = { wrong, memory, peak, seconds: (performance.now() - began) / 1000 };
  process.stdout.write(JSON.stringify(load));
  await local.close();
}

if (require.main === module) void main();
