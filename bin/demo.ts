import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PhotoStore } from '../lib/ports';
import { receiptKey, UPLOADS_PREFIX } from '../lib/uploads/keys';
import { type Receipt, readReceipt } from '../lib/uploads/receipt';

export interface DemoParts {
  /** Address of the HTTP API. */
  readonly api: string;
  /** Address of the S3 server. */
  readonly s3: string;
  readonly store: PhotoStore;
  readonly uploadsBucket: string;
  readonly cutoutsBucket: string;
  /** The photo that ships with this program. */
  readonly photo: string;
  /** Folder for the answer that came over HTTP. */
  readonly results: string;
  readonly say: (line: string) => void;
}

/** The bucket's road takes a second; this many milliseconds mean that something is wrong. */
const PATIENCE = 60_000;

/**
 * Send the shipped photo over both roads, and say what came of it and where it lies.
 * @throws Error with what went wrong, in words
 */
export async function demonstrate(parts: DemoParts): Promise<void> {
  const photo = await readFile(parts.photo);
  parts.say('the shipped photo, over both roads:');
  parts.say(await overHttp(photo, parts));
  parts.say(await throughTheBucket(photo, parts));
}

async function overHttp(photo: Buffer<ArrayBuffer>, { api, results }: DemoParts): Promise<string> {
  const start = performance.now();
  const response = await fetch(`${api}/v1/cutouts`, { method: 'POST', body: photo });
  if (!response.ok) throw new Error(`the demo's call was answered ${response.status}: ${await response.text()}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const milliseconds = performance.now() - start;
  await mkdir(results, { recursive: true });
  const file = join(results, 'http.png');
  await writeFile(file, bytes);
  return line('HTTP  ', response.headers.get('x-dresscut-verdict') ?? '?', milliseconds, file);
}

async function throughTheBucket(photo: Uint8Array, parts: DemoParts): Promise<string> {
  const { store, uploadsBucket, cutoutsBucket, s3 } = parts;
  const key = `${UPLOADS_PREFIX}demo/dress.jpg`;
  // What an earlier start left would answer at once, and show nothing.
  await store.remove({ bucket: cutoutsBucket, key: receiptKey(key) });
  const start = performance.now();
  await store.write({ bucket: uploadsBucket, key }, photo, { contentType: 'image/jpeg' });
  const receipt = await receiptOf(store, cutoutsBucket, key, start + PATIENCE);
  const milliseconds = performance.now() - start;
  const verdict = receipt.findings?.verdict ?? receipt.problem?.code ?? '?';
  const output = receipt.outputs[0]?.key ?? receiptKey(key);
  return line('bucket', verdict, milliseconds, `${s3}/${cutoutsBucket}/${output}`);
}

async function receiptOf(store: PhotoStore, bucket: string, key: string, until: number): Promise<Receipt> {
  while (performance.now() < until) {
    const receipt = await readReceipt(store, bucket, key);
    if (receipt !== null && receipt !== 'unreadable') return receipt;
    await sleep(50);
  }
  throw new Error(`the demo's upload was not answered within ${PATIENCE / 1000} s`);
}

function line(road: string, verdict: string, milliseconds: number, where: string): string {
  return `  ${road}  ${verdict}  ${String(Math.round(milliseconds)).padStart(5)} ms  ${where}`;
}
