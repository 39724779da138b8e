import type { CutOut, CutOutResult } from '../cut-out';
import { asDresscutError, DresscutError } from '../errors';
import { noDress } from '../no-dress';
import type { CutOutOptions } from '../options';
import type { Head, ModelInfo, PhotoStore, Segmenter } from '../ports';
import type { Matte } from '../raster';
import { outputKeys, type Receipt, type ReceiptOutput, UPLOADS_PREFIX } from '../receipt';
import { type Wishes, wishesOf } from './wishes';

/** One photo, as whoever tells of it knows it. */
export interface Arrival {
  readonly bucket: string;
  /** As it is, not encoded. */
  readonly key: string;
  readonly etag?: string | undefined;
  readonly version?: string | undefined;
}

/**
 * What became of an arrival. `done` and `failed`: a receipt says so. `skipped`: one said so already. `superseded`:
 * a newer upload of the same key is there, and its own event speaks for it. `refused`: no upload of ours.
 */
export interface Outcome {
  readonly kind: 'done' | 'failed' | 'skipped' | 'superseded' | 'refused';
  readonly receipt: Receipt | null;
}

/** A picture as bytes, and what it is. */
interface Picture {
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

export interface SettleParts {
  readonly store: PhotoStore;
  readonly cutOut: CutOut;
  readonly segmenter: Segmenter;
  /** The matte as a PNG in the frame of the cut-out. */
  readonly drawMask: (matte: Matte, options: CutOutOptions) => Promise<Picture>;
  readonly buckets: { readonly uploads: string; readonly cutouts: string };
  /** Options of uploads that name none themselves. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Of a photo, in bytes. */
  readonly maxBytes: number;
}

/** Cuts one upload and writes what came of it. */
export type Settle = (arrival: Arrival) => Promise<Outcome>;

/** Uploads of one key that follow each other faster than they are cut; then the queue tries again later. */
const ROUNDS = 5;
const MAX_RECEIPT_BYTES = 256 * 1024;
/** A newer upload of the same key replaces what lies here: every copy asks before it is used. */
const CACHE_CONTROL = 'no-cache';

/**
 * The use-case for uploads: what lies in one bucket, cut out into the other, at least once and in any order.
 *
 * No lock and no conditional write keeps two runs apart; the order of reading and writing does. Whoever has
 * written looks at the upload again, and when it is another by now, does its work anew. A late older run therefore
 * sees, after its last write, the newer upload that was there before that write, and replaces its own result.
 *
 * @throws DresscutError from status 500: a fault of ours or of the store's. The same arrival may be tried again.
 */
export function createSettle(parts: SettleParts): Settle {
  const { store, buckets } = parts;
  return async (arrival) => {
    const { bucket, key } = arrival;
    if (bucket !== buckets.uploads || !key.startsWith(UPLOADS_PREFIX) || key.length === UPLOADS_PREFIX.length) {
      return { kind: 'refused', receipt: null };
    }
    const model = await parts.segmenter.load();
    let settled: Outcome | null = null;
    let seen: Head | null = null;
    for (let round = 0; round < ROUNDS; round += 1) {
      const head = await store.head({ bucket, key });
      if (settled !== null && (head === null || isSame(seen, head))) return settled;
      seen = head;
      const previous = await readReceipt(parts, key);
      // With a receipt it is looked at all the same: an older run may have been cut off right after it overwrote
      // the newer one's pictures, and its message comes again.
      if (settled === null && head !== null && previous === null && isStale(arrival, head)) {
        return { kind: 'superseded', receipt: null };
      }
      if (head === null && previous !== null) return { kind: 'skipped', receipt: previous };
      const work = await cut(parts, key, head, model, previous);
      if (work === 'changed') continue;
      if (work === 'known') return settled ?? { kind: 'skipped', receipt: previous };
      await write(parts, work, previous);
      settled = { kind: work.receipt.status, receipt: work.receipt };
    }
    throw new DresscutError('internal', `The upload ${key} changed ${ROUNDS} times while it was being cut.`);
  };
}

interface Work {
  readonly receipt: Receipt;
  readonly files: readonly { readonly key: string; readonly picture: Picture }[];
}

function isAbout(receipt: Receipt | null, { etag, version }: Head): boolean {
  return receipt?.source.etag === etag && receipt.source.version === (version ?? null);
}

/** The same bytes may be there again with other wishes: then it is another upload. */
function isSame(one: Head | null, other: Head): boolean {
  const told = ({ etag, version, modified, metadata }: Head) =>
    JSON.stringify([etag, version, modified, Object.entries(metadata).sort()]);
  return one !== null && told(one) === told(other);
}

function isStale({ etag, version }: Arrival, head: Head): boolean {
  if (etag !== undefined) return etag !== head.etag;
  return version !== undefined && head.version !== undefined && version !== head.version;
}

async function readReceipt({ store, buckets }: SettleParts, key: string): Promise<Receipt | null> {
  const place = { bucket: buckets.cutouts, key: outputKeys(key, 'png').receipt };
  const bytes = await store.read(place, { maxBytes: MAX_RECEIPT_BYTES });
  return bytes === null ? null : (JSON.parse(new TextDecoder().decode(bytes)) as Receipt);
}

/** `changed`: the upload is another by now. `known`: the previous receipt already answers it. */
async function cut(
  parts: SettleParts,
  key: string,
  head: Head | null,
  model: ModelInfo,
  previous: Receipt | null,
): Promise<Work | 'changed' | 'known'> {
  const start = performance.now();
  const source = {
    bucket: parts.buckets.uploads,
    key,
    etag: head?.etag ?? null,
    version: head?.version ?? null,
    bytes: head?.bytes ?? null,
  };
  const sealed = (rest: Pick<Receipt, 'status' | 'options' | 'findings' | 'outputs' | 'problem'>): Receipt => {
    const { name, version, sha256 } = model;
    const milliseconds = Math.round(performance.now() - start);
    return { schema: 1, source, model: { name, version, sha256 }, milliseconds, finished: now(), ...rest };
  };
  let wishes: Wishes | null = null;
  try {
    if (head === null) throw new DresscutError('not-found', 'The upload had vanished before it was looked at.');
    const tags = await parts.store.tags({ bucket: source.bucket, key, version: head.version });
    if (tags === null) return 'changed';
    wishes = wishesOf(parts.defaults, tags, head.metadata);
    if (previous !== null && (await isKnown(parts, previous, { head, model, wishes }))) return 'known';
    const photo = await readPhoto(parts, key, head);
    if (photo === null) return 'changed';
    const result = await parts.cutOut(photo, wishes.options);
    const files = await draw(parts, key, result, wishes);
    const { options } = wishes;
    const { findings } = result;
    const problem = result.image === null ? problemOf(noDress(findings, options)) : null;
    return { receipt: sealed({ status: 'done', options, findings, outputs: files.map(outputOf), problem }), files };
  } catch (thrown) {
    const error = asDresscutError(thrown);
    if (!error.final) throw error;
    const receipt = sealed({
      status: 'failed',
      options: wishes?.options ?? null,
      findings: null,
      outputs: [],
      problem: problemOf(error),
    });
    // A failure is as lasting as a result: the same bytes and options fail again.
    return wishes === null && previous !== null && sameFailure(previous, receipt) ? 'known' : { receipt, files: [] };
  }
}

function now(): string {
  return new Date().toISOString();
}

function problemOf({ code, message, facts }: DresscutError): Receipt['problem'] {
  return { code, detail: message, facts };
}

/** Options that cannot be understood have none to compare: the same upload with the same complaint is the same. */
function sameFailure(previous: Receipt, next: Receipt): boolean {
  return (
    previous.source.etag === next.source.etag &&
    previous.problem?.code === next.problem?.code &&
    previous.problem?.detail === next.problem?.detail
  );
}

interface Asked {
  readonly head: Head;
  readonly model: ModelInfo;
  readonly wishes: Wishes;
}

/** Whether a receipt answers this very upload, asked in this very way, by this very model, with all its files. */
async function isKnown(
  { store, buckets }: SettleParts,
  previous: Receipt,
  { head, model, wishes }: Asked,
): Promise<boolean> {
  if (!isAbout(previous, head) || previous.model.sha256 !== model.sha256) return false;
  if (JSON.stringify(previous.options) !== JSON.stringify(wishes.options)) return false;
  const { outputs, findings } = previous;
  const cut = findings !== null && previous.problem === null;
  if (cut && outputs.some(({ kind }) => kind === 'mask') !== wishes.masks) return false;
  const heads = await Promise.all(outputs.map(({ key }) => store.head({ bucket: buckets.cutouts, key })));
  return heads.every((file) => file?.metadata['dresscut-source-etag'] === head.etag);
}

async function readPhoto(
  { store, buckets, maxBytes }: SettleParts,
  key: string,
  head: Head,
): Promise<Uint8Array | null> {
  if (head.bytes > maxBytes) {
    const message = `The photo is ${(head.bytes / 1e6).toFixed(1)} MB; the limit is ${maxBytes / 1e6} MB.`;
    throw new DresscutError('too-large', message, { facts: { bytes: head.bytes, maxBytes } });
  }
  if (head.bytes === 0) {
    throw new DresscutError('no-photo', 'The upload holds no photo: it has 0 bytes.', { facts: { bytes: 0 } });
  }
  return store.read({ bucket: buckets.uploads, key, version: head.version }, { maxBytes, etag: head.etag });
}

async function draw(
  { drawMask }: SettleParts,
  key: string,
  { image, matte }: CutOutResult,
  { options, masks }: Wishes,
): Promise<{ kind: ReceiptOutput['kind']; key: string; picture: Picture }[]> {
  if (image === null || matte === null) return [];
  const keys = outputKeys(key, options.format);
  const cutout = { kind: 'cutout' as const, key: keys.cutout, picture: image };
  if (!masks) return [cutout];
  return [cutout, { kind: 'mask' as const, key: keys.mask, picture: await drawMask(matte, options) }];
}

function outputOf({
  kind,
  key,
  picture,
}: {
  kind: ReceiptOutput['kind'];
  key: string;
  picture: Picture;
}): ReceiptOutput {
  const { contentType, width, height, bytes } = picture;
  return { kind, key, contentType, width, height, bytes: bytes.length };
}

/** Pictures, then the receipt that names them, then away with what an earlier receipt named and this one does not. */
async function write(
  { store, buckets }: SettleParts,
  { receipt, files }: Work,
  previous: Receipt | null,
): Promise<void> {
  const bucket = buckets.cutouts;
  const { name, version } = receipt.model;
  const metadata = {
    ...(receipt.source.etag === null ? {} : { 'dresscut-source-etag': receipt.source.etag }),
    ...(receipt.source.version === null ? {} : { 'dresscut-source-version': receipt.source.version }),
    'dresscut-verdict': receipt.findings?.verdict ?? 'none',
    'dresscut-model': `${name}@${version}`,
  };
  for (const { key, picture } of files) {
    await store.write({ bucket, key }, picture.bytes, {
      contentType: picture.contentType,
      cacheControl: CACHE_CONTROL,
      metadata,
    });
  }
  const text = new TextEncoder().encode(`${JSON.stringify(receipt, null, 2)}\n`);
  const { receipt: at } = outputKeys(receipt.source.key, 'png');
  await store.write({ bucket, key: at }, text, {
    contentType: 'application/json',
    cacheControl: CACHE_CONTROL,
    metadata,
  });
  const kept = new Set(files.map(({ key }) => key));
  for (const { key } of previous?.outputs ?? []) {
    if (!kept.has(key)) await store.remove({ bucket, key });
  }
}
