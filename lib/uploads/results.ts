import type { Correction } from '../correction';
import type { Encoded } from '../pipeline/encode';
import type { PhotoStore } from '../ports';
import { correctionKeys, receiptKey } from './keys';
import type { Receipt, ReceiptOutput } from './receipt';

/** A picture, and where it goes. */
export interface ResultFile {
  readonly kind: ReceiptOutput['kind'];
  readonly key: string;
  readonly picture: Encoded;
}

/** A newer upload of the same key replaces what lies here: every copy asks before it is used. */
const CACHE_CONTROL = 'no-cache';

/** What one upload became. */
interface Results {
  readonly receipt: Receipt;
  readonly files: readonly ResultFile[];
  readonly correction: Correction | null;
}

/**
 * Pictures, then the receipt that names them, then away with what an earlier run left and this one did not write.
 * @param earlier keys of files that may be there
 */
export async function writeResults(
  store: PhotoStore,
  bucket: string,
  { receipt, files, correction }: Results,
  earlier: readonly string[],
): Promise<void> {
  const common = { cacheControl: CACHE_CONTROL, metadata: metadataOf(receipt) };
  const kept = correction === null ? [] : correctionFiles(receipt.source.key, correction);
  const all = [...files, ...kept];
  for (const { key, picture } of all) {
    await store.write({ bucket, key }, picture.bytes, { contentType: picture.contentType, ...common });
  }
  const text = new TextEncoder().encode(`${JSON.stringify(receipt, null, 2)}\n`);
  const place = { bucket, key: receiptKey(receipt.source.key) };
  await store.write(place, text, { contentType: 'application/json', ...common });
  const written = new Set(all.map(({ key }) => key));
  for (const key of earlier) {
    if (!written.has(key)) await store.remove({ bucket, key });
  }
}

/** The original last: training looks for the two others wherever it finds one. */
function correctionFiles(upload: string, correction: Correction): Omit<ResultFile, 'kind'>[] {
  const keys = correctionKeys(upload);
  return (['body', 'dress', 'original'] as const).map((part) => ({ key: keys[part], picture: correction[part] }));
}

/** Beside each file: which upload it is of, what was found, and by which network. */
function metadataOf({ source: { etag, version }, findings, model }: Receipt): Record<string, string> {
  return {
    ...(etag === null ? {} : { 'dresscut-source-etag': etag }),
    ...(version === null ? {} : { 'dresscut-source-version': version }),
    'dresscut-verdict': findings?.verdict ?? 'none',
    'dresscut-model': `${model.name}@${model.version}`,
  };
}
