import type { Catalogue } from '../catalogue/catalogue';
import type { PhotoStore } from '../ports';
import { isUploadKey } from './keys';
import type { RemovedObject } from './object-ref';
import type { ProcessUpload } from './process-upload';
import { readReceipt } from './receipt';

/**
 * A photo was deleted: its dress leaves the catalogue. Cut-outs and receipt stay until they expire.
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
    if (catalogue === null || bucket !== buckets.uploads || !isUploadKey(key)) return false;
    const isThere = async () => (await store.head({ bucket, key })) !== null;
    // A newer upload, or an older version that was cleared away: the dress is there to stay.
    if (await isThere()) return false;
    const receipt = await readReceipt(store, buckets.cutouts, key);
    if (receipt === null || receipt === 'unreadable' || receipt.catalogue === null) return false;
    const { name, id } = receipt.catalogue;
    // Uploads are dated in whole seconds: one that follows within the same second must not look older than this.
    const removed = await catalogue.remove(name, id, Math.floor(at / 1000) * 1000);
    if (await isThere()) await processUpload({ bucket, key });
    return removed;
  };
}
