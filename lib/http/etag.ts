import { createHash } from 'node:crypto';
import { DresscutError } from '../errors';

/** Everything that an answer follows from; the same in all of it is the same in every byte. */
export interface Origin {
  readonly photo: Uint8Array;
  /** Names to what JSON can hold; their order does not matter. */
  readonly options: object;
  /** Of the answer. */
  readonly mediaType: string;
  /** SHA-256 of the network. */
  readonly model: string;
  /** Of this program. */
  readonly version: string;
}

/** A strong entity tag, known before the network has run. */
export function etagOf({ photo, options, mediaType, model, version }: Origin): string {
  const choice = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256')
    .update(JSON.stringify([version, model, mediaType, choice]))
    .update(photo);
  return `"${hash.digest('base64url')}"`;
}

/**
 * Heeds `If-None-Match`. The condition is false when the answer would be one that the caller has; for a POST that is
 * 412, not 304 (RFC 9110, section 13.1.2), and no photo is cut. `*` matches nothing, since nothing is stored here.
 *
 * @throws DresscutError `unchanged`
 */
export function checkNoneMatch(request: Request, etag: string): void {
  const tags = (request.headers.get('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (!tags.includes(etag)) return;
  throw new DresscutError('unchanged', 'The answer is still the one that If-None-Match names.', { facts: { etag } });
}
