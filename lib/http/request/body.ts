import { DresscutError } from '../../errors';
import type { Hold } from '../middleware/limit-requests';

/** What reading a body needs to know of its call. */
export interface Reading {
  /** Ends the wait for the rest; its reason is told where it is a DresscutError. */
  readonly signal: AbortSignal;
  /** The memory that the call holds. */
  readonly hold: Pick<Hold, 'reserve'>;
  /** Silence after which a sender is given up. */
  readonly stalledSeconds: number;
}

/**
 * A request's body, never more of it in memory than is allowed: the declared length is checked first, and what
 * arrives is counted, because the declaration may be missing or a lie.
 *
 * @param most bytes
 * @param name of what may be so large, for the message
 * @throws DresscutError `too-large`; `busy` when more comes than was announced and there is no room for it;
 * `out-of-time` when the sender stalls or the signal brings it; `malformed-body` when the sender breaks off
 */
export async function readBody(
  request: Request,
  most: number,
  name: string,
  reading: Reading,
): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > most) throw tooLarge(most, name);
  if (request.body === null) return new Uint8Array(0);
  // Pages of memory that nobody writes to are not taken: a sender that only announces costs nothing.
  let body = new Uint8Array(Number.isInteger(declared) && declared > 0 ? declared : 64 * 1024);
  let length = 0;
  for await (const chunk of chunksOf(request.body, reading)) {
    if (length + chunk.length > most) throw tooLarge(most, name);
    if (length + chunk.length > body.length) {
      const larger = new Uint8Array(Math.min(most, Math.max(2 * body.length, length + chunk.length)));
      reading.hold.reserve(larger.length);
      larger.set(body.subarray(0, length));
      body = larger;
    }
    body.set(chunk, length);
    length += chunk.length;
  }
  return body.subarray(0, length);
}

/** Ends when the body does, and with an error when it stalls or the signal comes: then nothing waits for it. */
async function* chunksOf(
  stream: ReadableStream<Uint8Array>,
  { signal, stalledSeconds }: Reading,
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  let timer: NodeJS.Timeout | undefined;
  let giveUp: (reason: DresscutError) => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  // Nobody may be waiting when it comes.
  stopped.catch(() => undefined);
  const leave = () => giveUp(signal.reason instanceof DresscutError ? signal.reason : brokenOff(signal.reason));
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    for (;;) {
      timer = setTimeout(() => giveUp(stalled(stalledSeconds)), 1000 * stalledSeconds);
      const { done, value } = await Promise.race([reader.read().catch(failed), stopped]);
      clearTimeout(timer);
      if (done) return;
      yield value;
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
    // A failed cancel changes nothing: the answer is the same.
    reader.cancel().catch(() => undefined);
  }
}

function failed(cause: unknown): never {
  throw brokenOff(cause);
}

function brokenOff(cause: unknown): DresscutError {
  return new DresscutError('malformed-body', 'The body broke off before its end.', { cause });
}

function stalled(seconds: number): DresscutError {
  const message = `Nothing more of the body came for ${seconds} s.`;
  return new DresscutError('out-of-time', message, { facts: { stalledSeconds: seconds } });
}

function tooLarge(maxBytes: number, name: string): DresscutError {
  const limit = `${(maxBytes / 1e6).toFixed(1)} MB`;
  return new DresscutError('too-large', `The ${name} is larger than the limit of ${limit}.`, { facts: { maxBytes } });
}
