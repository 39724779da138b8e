import type { Readable } from 'node:stream';
import { photoTooLarge } from '../photo-size';

/** Milliseconds without a byte after which a connection is given up: a photo arrives in less, or not at all. */
export const SILENCE = 10_000;

/**
 * A whole body in memory.
 *
 * @param expected length that was announced, in bytes
 * @throws DresscutError `too-large` as soon as more than `maxBytes` have come; Error when the line broke off or fell
 * silent
 */
export async function collect(body: Readable, maxBytes: number, expected: number | undefined): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // The client's own timeout ends with the headers; a body may still stop in the middle.
  let timer: NodeJS.Timeout | undefined;
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => body.destroy(new Error(`the body fell silent for ${SILENCE / 1000} s`)), SILENCE);
  };
  try {
    watch();
    for await (const chunk of body) {
      watch();
      bytes += chunk.length;
      if (bytes > maxBytes) throw photoTooLarge(undefined, maxBytes);
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(timer);
    body.destroy();
  }
  if (expected !== undefined && bytes !== expected) {
    throw new Error(`the body ended after ${bytes} of ${expected} bytes`);
  }
  return Buffer.concat(chunks);
}
