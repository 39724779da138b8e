import { createHash } from 'node:crypto';

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

/** @param header `If-None-Match`; `*` matches nothing here, since nothing is stored */
export function matches(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
