import type { Writable } from 'node:stream';
import { type Frame, FrameReader, frameParts } from './frames';
import { toPlain } from './plain-error';

/** What an answer is made of: what JSON can hold, and bytes. */
export interface Answered {
  readonly json: object;
  readonly data: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** In bytes; collecting takes some 20 ms, and is worth it from a few megapixels on. */
const MANY_PIXELS = 32_000_000;

/**
 * For a process that `startModule` started: answers each frame that comes at stdin, one at a time, and ends with stdin.
 * What `work` throws is the answer `{ error }`.
 *
 * @param output where answers go
 * @param watch told when work begins and ends
 */
export function answerFrames(
  work: (frame: Frame) => Promise<Answered>,
  output: Writable,
  watch: (working: boolean) => void,
): void {
  const answer = async (frame: Frame) => {
    watch(true);
    const { json, data } = await work(frame).catch((thrown: unknown) => ({
      json: { error: toPlain(thrown) },
      data: NOTHING,
    }));
    for (const part of frameParts(json, data)) output.write(part);
    watch(false);
    // Pixels of a photo that is done with would otherwise wait for the next one to push them out.
    if (process.memoryUsage().arrayBuffers > MANY_PIXELS) globalThis.gc?.();
  };
  const reader = new FrameReader((frame) => void answer(frame));
  process.stdin.on('data', (chunk: Buffer) => reader.push(chunk));
  process.stdin.on('end', () => process.exit());
  // An interrupt at the terminal reaches every process; this one ends with the process that it works for.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
}
