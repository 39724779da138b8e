import { DresscutError } from '../errors';
import { photoTooLarge } from '../photo-size';
import type { Head, PhotoStore, Place } from '../ports';

/**
 * The bytes of an upload, which are only fetched when they may be a photo.
 * @returns `null` when it is another by now than `head` says
 * @throws DresscutError `too-large`, `no-photo`
 */
export async function readUpload(
  store: PhotoStore,
  place: Place,
  { bytes, etag }: Head,
  maxBytes: number,
): Promise<Uint8Array | null> {
  if (bytes > maxBytes) throw photoTooLarge(bytes, maxBytes);
  if (bytes === 0) {
    throw new DresscutError('no-photo', 'The upload holds no photo: it has 0 bytes.', { facts: { bytes } });
  }
  return store.read(place, { maxBytes, etag });
}
