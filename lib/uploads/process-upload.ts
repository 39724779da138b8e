import { DresscutError } from '../errors';
import type { Head, PhotoStore, Segmenter } from '../ports';
import { type AttemptDependencies, createAttempt } from './attempt';
import { updateCatalogue } from './catalogue-entry';
import { isSameUpload, isStale } from './compare';
import { allPictureKeys, correctionKeys, isUploadKey } from './keys';
import type { S3ObjectRef } from './object-ref';
import { type Receipt, readReceipt } from './receipt';
import { writeResults } from './results';

/**
 * What became of an upload. `done` and `failed`: a receipt says so. `skipped`: one said so already. `superseded`:
 * a newer upload of the same key is there, and its own event speaks for it. `refused`: no upload of ours.
 */
export interface Outcome {
  readonly kind: 'done' | 'failed' | 'skipped' | 'superseded' | 'refused';
  readonly receipt: Receipt | null;
}

export interface ProcessUploadDependencies extends AttemptDependencies {
  readonly store: PhotoStore;
  readonly segmenter: Segmenter;
}

/** Cuts one upload and writes what came of it. */
export type ProcessUpload = (upload: S3ObjectRef) => Promise<Outcome>;

/** Uploads of one key that follow each other faster than they are cut; then the queue tries again later. */
const ROUNDS = 5;

/**
 * The use-case for uploads: what lies in one bucket, cut out into the other, at least once and in any order.
 *
 * No lock and no conditional write keeps two runs apart; the order of reading and writing does. Whoever has
 * written looks at the upload again, and when it is another by now, does its work anew. A late older run therefore
 * sees, after its last write, the newer upload that was there before that write, and replaces its own result.
 *
 * @throws DresscutError from status 500: a fault of ours or of the store's. The same upload may be tried again.
 */
export function createProcessUpload(dependencies: ProcessUploadDependencies): ProcessUpload {
  const { store, buckets, catalogue, segmenter } = dependencies;
  const attempt = createAttempt(dependencies);
  return async (upload) => {
    const { bucket, key } = upload;
    if (bucket !== buckets.uploads || !isUploadKey(key)) return { kind: 'refused', receipt: null };
    const model = await segmenter.load();
    let outcome: Outcome | null = null;
    let seen: Head | null = null;
    for (let round = 0; round < ROUNDS; round += 1) {
      const head = await store.head({ bucket, key });
      if (outcome !== null && head === null) {
        // Deleted meanwhile, and perhaps told of before there was a receipt to go by.
        await updateCatalogue(catalogue, outcome.receipt?.catalogue ?? null, null, Date.now());
        return outcome;
      }
      if (outcome !== null && head !== null && isSameUpload(seen, head)) return outcome;
      seen = head;
      const { previous, files } = await earlierResult(store, buckets.cutouts, key);
      // With a receipt it is looked at all the same: an older run may have been cut off right after it overwrote
      // the newer one's pictures, and its message comes again.
      if (outcome === null && head !== null && previous === null && isStale(upload, head)) {
        return { kind: 'superseded', receipt: null };
      }
      if (head === null && previous !== null) return { kind: 'skipped', receipt: previous };
      const result = await attempt({ key, head, model, previous });
      if (result.kind === 'changed') continue;
      if (result.kind === 'known') return outcome ?? { kind: 'skipped', receipt: previous };
      await writeResults(store, buckets.cutouts, result, files);
      await updateCatalogue(catalogue, previous?.catalogue ?? null, result, head?.modified.getTime() ?? Date.now());
      outcome = { kind: result.receipt.status, receipt: result.receipt };
    }
    throw new DresscutError('internal', `The upload ${key} changed ${ROUNDS} times while it was being cut.`);
  };
}

/** The receipt of an earlier run, and the files that it may have left. */
async function earlierResult(
  store: PhotoStore,
  bucket: string,
  key: string,
): Promise<{ previous: Receipt | null; files: readonly string[] }> {
  const previous = await readReceipt(store, bucket, key);
  // Nobody can tell what a receipt that is not readable stood for.
  if (previous === 'unreadable')
    return { previous: null, files: [...allPictureKeys(key), ...Object.values(correctionKeys(key))] };
  const kept = previous?.correction ? Object.values(correctionKeys(key)) : [];
  return { previous, files: [...(previous?.outputs.map((output) => output.key) ?? []), ...kept] };
}
