import type { ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { DresscutError } from '../errors';
import { type Frame, FrameReader, frameParts } from '../processes/frames';
import { fromPlain, type PlainError } from '../processes/plain-error';
import { startModule } from '../processes/start';
import type { Photo } from '../raster';
import { SIGNAL_OF_MEMORY, SIGNAL_OF_TIME } from './decoder-signals';
import type { PhotoFormat } from './formats';
import { MAX_DECODE_BYTES, MAX_DECODE_EXTRA, MAX_DECODE_SECONDS, MAX_WAIT_SECONDS } from './limits';

/** Beyond this a process gives its memory back by ending; 12 megapixels are decoded in less. */
const MAX_KEPT_PIXELS = 16_000_000;

interface Answer {
  readonly width?: number;
  readonly height?: number;
  readonly error?: PlainError;
}

/** Waits for a process while all are at work; the one that is left idle is kept. */
const waiting: (() => void)[] = [];
let working = 0;
let idle: ChildProcess | undefined;

/**
 * Decodes in a process of its own: no decoder can be interrupted, but a process can be ended, and whatever a file
 * does to it, its memory goes with it. The process stays for the next photo, and ends with this one. Files wait for
 * their turn when as many are being decoded as there are processors.
 *
 * @throws DresscutError `too-complex` above its limits of time and memory, `out-of-time` when the machine is too
 * busy to reach either, and whatever `decodeFile` throws
 */
export async function decodeApart(bytes: Uint8Array, format: PhotoFormat): Promise<Photo> {
  if (working >= availableParallelism()) await new Promise<void>((go) => waiting.push(go));
  working += 1;
  try {
    if (idle === undefined) return await decodeIn(start(), bytes, format);
    return await decodeIn(idle, bytes, format).catch((thrown: unknown) => {
      // What earlier photos have left in it counts, too, and may be what was too much.
      if (!(thrown instanceof DresscutError && 'maxMegabytes' in thrown.facts)) throw thrown;
      return decodeIn(start(), bytes, format);
    });
  } finally {
    working -= 1;
    waiting.shift()?.();
  }
}

async function decodeIn(child: ChildProcess, bytes: Uint8Array, format: PhotoFormat): Promise<Photo> {
  if (child === idle) idle = undefined;
  hold(child);
  try {
    const { json, data } = await exchange(child, bytes, format);
    const { width = 0, height = 0, error } = json as Answer;
    if (idle || width * height > MAX_KEPT_PIXELS) child.kill('SIGKILL');
    else keep(child);
    if (error) throw fromPlain(error);
    return { kind: 'photo', width, height, rgb: data };
  } catch (thrown) {
    if (child !== idle) child.kill('SIGKILL');
    throw thrown;
  }
}

function exchange(child: ChildProcess, bytes: Uint8Array, format: PhotoFormat): Promise<Frame> {
  return new Promise((resolve, reject) => {
    const reader = new FrameReader((frame) => settle(() => resolve(frame)));
    const onData = (chunk: Uint8Array) => reader.push(chunk);
    const onClose = (code: number | null, signal: string | null) =>
      settle(() => reject(ended(format, code === null ? signal : String(code))));
    const onError = (cause: Error) =>
      settle(() => reject(new DresscutError('internal', `No decoder could be started: ${cause.message}`, { cause })));
    const timer = setTimeout(() => {
      const message = `Decoding was not done after ${MAX_WAIT_SECONDS} s.`;
      settle(() => reject(new DresscutError('out-of-time', message)));
    }, 1000 * MAX_WAIT_SECONDS);
    const settle = (outcome: () => void) => {
      clearTimeout(timer);
      child.stdout?.off('data', onData);
      child.off('close', onClose).off('error', onError);
      outcome();
    };
    child.stdout?.on('data', onData);
    child.on('close', onClose).on('error', onError);
    for (const part of frameParts({ format }, bytes)) child.stdin?.write(part);
  });
}

/** Why a process ended before it answered: its own watchdog's signals, and those of a decoder that crashed. */
function ended(format: PhotoFormat, how: string | null): DresscutError {
  const name = format.toUpperCase();
  if (how === SIGNAL_OF_TIME) {
    const message = `The ${name} photo takes more than ${MAX_DECODE_SECONDS} s to decode; save it as JPEG, or reduce it.`;
    return new DresscutError('too-complex', message, { facts: { format, maxSeconds: MAX_DECODE_SECONDS } });
  }
  if (how === SIGNAL_OF_MEMORY || how === 'SIGKILL') {
    const { bytes, bytesPerPixel } = MAX_DECODE_EXTRA;
    const [most, extra] = [MAX_DECODE_BYTES / 1e6, bytes / 1e6];
    const limit = `${extra} MB and ${bytesPerPixel} bytes a pixel, ${most} MB in all`;
    const message = `The ${name} photo takes more memory to decode than it may (${limit}); save it as JPEG, or reduce it.`;
    const facts = { format, maxMegabytes: most, maxExtraMegabytes: extra, maxBytesPerPixel: bytesPerPixel };
    return new DresscutError('too-complex', message, { facts });
  }
  if (how?.startsWith('SIG')) {
    const message = `The ${name} file is damaged: its decoder crashed on it.`;
    return new DresscutError('undecodable-image', message, { facts: { format, reason: how } });
  }
  return new DresscutError('internal', `The decoder process ended with ${how}.`);
}

function start(): ChildProcess {
  const child = startModule(join(__dirname, 'decoder-main'), [], ['pipe', 'pipe', 'ignore']);
  child.on('close', () => {
    if (child === idle) idle = undefined;
  });
  return child;
}

/** Ends the process that waits for the next photo, if there is one; the next photo starts another. */
export function endDecoder(): void {
  idle?.kill('SIGKILL');
  idle = undefined;
}

/** While it decodes, this process must not end. */
function hold(child: ChildProcess): void {
  child.ref();
  for (const pipe of [child.stdin, child.stdout]) (pipe as unknown as { ref(): void } | null)?.ref();
}

function keep(child: ChildProcess): void {
  idle = child;
  child.unref();
  for (const pipe of [child.stdin, child.stdout]) (pipe as unknown as { unref(): void } | null)?.unref();
}
