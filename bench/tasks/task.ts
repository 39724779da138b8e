import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { messageOf } from '../../lib/errors';
import { letGarbageWait } from '../../lib/heap';

/** The photo that ships with the project, 1024 x 1536 pixels. */
const PHOTO = join(__dirname, '..', '..', 'test', 'fixtures', 'dress.jpg');

/** Each measurement is a process of its own: asked in JSON by its one argument, it answers with a line of JSON. */
export function asked<T>(): T {
  letGarbageWait();
  return JSON.parse(process.argv[2] ?? '{}') as T;
}

/** Peak resident memory of this process so far, in MB. */
export const peakRss = (): number => Math.round(process.resourceUsage().maxRSS / 1024);

export function answer(result: object): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** The shipped photo as a JPEG, `height` pixels high. */
export async function photoOf(height: number): Promise<Buffer> {
  return sharp(await readFile(PHOTO))
    .resize({ height })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** Milliseconds that `work` takes. */
export async function clock(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The way out of a task that threw: what it says is read from stderr. */
export function failed(thrown: unknown): void {
  process.stderr.write(`${thrown instanceof Error ? thrown.stack : messageOf(thrown)}\n`);
  process.exitCode = 1;
}
