import type { Embedding } from '../../description';
import { DresscutError } from '../../errors';
import { readBody } from './body';
import { type Call, ENVELOPE, mediaOf, parseObject, readCall, refuseCoding } from './read';

/** A dress as a call brings it: as a photo, or as what an earlier call told of it. */
export type Entry = Call | { readonly embedding: Embedding; readonly record: Call['record'] };

/**
 * As {@link readCall}, but JSON may also hold `embedding` instead of `photo`.
 * @throws DresscutError as that does
 */
export async function readEntry(request: Request, maxBytes: number): Promise<Entry> {
  if (mediaOf(request.headers.get('content-type') ?? '') !== 'application/json') return readCall(request, maxBytes);
  refuseCoding(request);
  const body = await readBody(request, Math.ceil(maxBytes / 3) * 4 + ENVELOPE, 'JSON body');
  const { embedding, ...record } = parseObject(body, '{"photo": "<base64>"} or {"embedding": {...}}');
  if (embedding === undefined) return readCall(again(request, body), maxBytes);
  if (record.photo !== undefined) {
    throw new DresscutError('malformed-body', 'Expected either "photo" or "embedding", received both.');
  }
  return { embedding: toEmbedding(embedding), record };
}

/** The same call, its body not yet read. */
function again({ url, method, headers }: Request, body: Uint8Array<ArrayBuffer>): Request {
  return new Request(url, { method, headers, body });
}

function toEmbedding(value: unknown): Embedding {
  const { version, vector } = (value ?? {}) as Partial<Record<keyof Embedding, unknown>>;
  const numbers = Array.isArray(vector) && vector.every((number) => typeof number === 'number');
  if (typeof version === 'string' && numbers) return { version, vector };
  const expected = 'an object with "version" and "vector", as a description with embedding=true gives it';
  const message = `Expected embedding to be ${expected}.`;
  throw new DresscutError('invalid-option', message, { facts: { option: 'embedding', expected } });
}
