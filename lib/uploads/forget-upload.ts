import type { Catalogue } from '../catalogue/catalogue';
import type { PhotoStore } from '../ports';
import { correctionKeys, isUploadKey } from './keys';
import type { RemovedObject } from './object-ref';
import type { ProcessUpload } from './process-upload';
import { readReceipt } from './receipt';

/**
 * A photo was deleted: its dress leaves the catalogue, and what it taught is removed. Cut-outs and receipt stay until
 * they expire.
 *
 * @returns whether a dress left
 * @throws DresscutError from status 500; the same removal may be tried again
 */
export type ForgetUpload = (removed: RemovedObject) => Promise<boolean>;

export interface ForgetUploadDependencies {
  readonly store: PhotoStore;
  readonly buckets: { readonly uploads: string; readonly cutouts: string };
  readonly catalogue: Catalogue | null;
  readonly processUpload: ProcessUpload;
}

export function createForgetUpload(dependencies: ForgetUploadDependencies): ForgetUpload {
  const { store, buckets, catalogue, processUpload } = dependencies;
  return async ({ bucket, key, at }) => {
    if (bucket !== buckets.uploads || !isUploadKey(key)) return false;
    const isThere = async () => (await store.head({ bucket, key })) !== null;
    // A newer upload, or an older version that was cleared away: the dress is there to stay.
    if (await isThere()) return false;
    const receipt = await readReceipt(store, buckets.cutouts, key);
    if (receipt === null || receipt === 'unreadable') return false;
    const { catalogue: entry, correction } = receipt;
    if (correction) {
      for (const file of Object.values(correctionKeys(key))) await store.remove({ bucket: buckets.cutouts, key: file });
    }
    let left = false;
    if (entry !== null && catalogue !== null) {
      // Uploads are dated in whole seconds: one that follows within the same second must not look older than this.
      left = await catalogue.remove(entry.name, entry.id, Math.floor(at / 1000) * 1000);
    }
    if ((correction || entry !== null) && (await isThere())) await processUpload({ bucket, key });
    return left;
  };
}
