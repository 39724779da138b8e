import type { Embedding } from '../../description';
import { DresscutError } from '../../errors';
import { maxBodyBytes } from '../limits';
import { type Reading, readBody } from './body';
import { mediaOf, merge, queryEntries } from './fields';
import { parseJson } from './json';
import { type Call, checkLength, readCall, refuseCoding } from './read';

/** A dress as a call brings it: as a photo, or as what an earlier call told of it. */
export type Entry = Call | { readonly embedding: Embedding; readonly record: Call['record'] };

/**
 * As {@link readCall}, but JSON may also hold `embedding` instead of `photo`.
 * @throws DresscutError as that does
 */
export async function readEntry(request: Request, maxBytes: number, reading: Reading): Promise<Entry> {
  const media = mediaOf(request.headers.get('content-type') ?? '');
  if (media !== 'application/json') return readCall(request, maxBytes, reading);
  refuseCoding(request);
  const body = await readBody(request, maxBodyBytes({ maxBytes }), 'JSON body', reading);
  const { photo, members } = await parseJson(body, 'photo', '{"photo": "<base64>"} or {"embedding": {...}}');
  const { embedding, ...rest } = members;
  const record = merge(queryEntries(request), Object.entries(rest));
  if (embedding !== undefined && photo !== null) {
    throw new DresscutError('malformed-body', 'Expected either "photo" or "embedding", received both.');
  }
  if (embedding !== undefined) return { embedding: toEmbedding(embedding), record };
  if (photo === null) {
    throw new DresscutError('no-photo', 'Expected the photo as base64 text in the member "photo", or an "embedding".');
  }
  checkLength(photo.length, maxBytes);
  return { photo, record };
}

function toEmbedding(value: unknown): Embedding {
  const { version, vector } = (value ?? {}) as Partial<Record<keyof Embedding, unknown>>;
  const numbers = Array.isArray(vector) && vector.every((number) => typeof number === 'number');
  if (typeof version === 'string' && numbers) return { version, vector };
  const expected = 'an object with "version" and "vector", as a description with embedding=true gives it';
  const message = `Expected embedding to be ${expected}.`;
  throw new DresscutError('invalid-option', message, { facts: { option: 'embedding', expected } });
}
