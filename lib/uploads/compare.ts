import { isDeepStrictEqual } from 'node:util';
import { DEFAULTS } from '../options';
import type { Head, ModelInfo, PhotoStore } from '../ports';
import type { S3ObjectRef } from './object-ref';
import type { Receipt } from './receipt';
import type { UploadOptions } from './upload-options';

/** The same bytes may be there again with other options: then it is another upload. */
export function isSameUpload(one: Head | null, other: Head): boolean {
  return isDeepStrictEqual(one, other);
}

/** Whether an event speaks of an upload that a newer one has replaced. */
export function isStale({ etag, version }: S3ObjectRef, head: Head): boolean {
  if (etag !== undefined) return etag !== head.etag;
  return version !== undefined && head.version !== undefined && version !== head.version;
}

/** Options that cannot be understood have none to compare: the same upload with the same complaint is the same. */
export function isSameFailure(previous: Receipt, next: Receipt): boolean {
  return (
    previous.source.etag === next.source.etag &&
    previous.problem?.code === next.problem?.code &&
    previous.problem?.detail === next.problem?.detail
  );
}

/** Whether a receipt answers this very upload, asked in this very way, by this very model, with all its files. */
export async function isAnswered(
  store: PhotoStore,
  bucket: string,
  previous: Receipt,
  { head, model, asked }: { head: Head; model: ModelInfo; asked: UploadOptions },
): Promise<boolean> {
  const { source, options, outputs, findings, problem } = previous;
  if (source.etag !== head.etag || source.version !== (head.version ?? null)) return false;
  if (previous.model.sha256 !== model.sha256) return false;
  // A receipt from before an option was added had its default.
  if (!isDeepStrictEqual({ ...DEFAULTS, ...options }, asked.options)) return false;
  const cut = findings !== null && problem === null;
  if (cut && outputs.some(({ kind }) => kind === 'mask') !== asked.masks) return false;
  const heads = await Promise.all(outputs.map(({ key }) => store.head({ bucket, key })));
  return heads.every((file) => file?.metadata['dresscut-source-etag'] === head.etag);
}
