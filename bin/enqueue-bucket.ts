import { readFile, rename, writeFile } from 'node:fs/promises';
import { ListObjectsCommand, type S3Client } from '@aws-sdk/client-s3';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { encodeEventKey } from '../lib/uploads/event-key';

export interface EnqueueParts {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly bucket: string;
  /** Of keys; starts with `uploads/`. */
  readonly prefix: string;
  readonly queueUrl: string;
  /** Where the last key that was sent is kept, so that a run that was interrupted goes on behind it. */
  readonly checkpoint: string;
  /** List and count, send nothing, keep nothing. */
  readonly dryRun: boolean;
  /** Keys in a page of the listing, 1 to 1000. */
  readonly pageSize?: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

export interface Progress {
  readonly photos: number;
  readonly bytes: number;
  /** The last key of those. */
  readonly key: string;
}

interface Listed {
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
}

/** SQS takes ten messages at a time. */
const BATCH = 10;
const TRIES = 5;

/**
 * Tell a queue of every photo that lies in a bucket already, as S3 would have told of it when it came.
 *
 * @returns what was sent in this run; for a dry run, what would be
 * @throws Error when SQS refuses a message five times; the checkpoint then stands before it
 */
export async function enqueueBucket(parts: EnqueueParts): Promise<Progress> {
  const { bucket, checkpoint, dryRun, signal, onProgress } = parts;
  let sent: Progress = { photos: 0, bytes: 0, key: (await readCheckpoint(parts)) ?? '' };
  const remember = async () => {
    if (!dryRun && sent.photos > 0) await keep(checkpoint, { bucket, prefix: parts.prefix, key: sent.key });
  };
  try {
    for await (const page of pagesOf(parts, sent.key)) {
      for (let start = 0; start < page.length; start += BATCH) {
        if (signal.aborted) return sent;
        const batch = page.slice(start, start + BATCH);
        if (!dryRun) await send(parts, batch);
        const bytes = batch.reduce((sum, photo) => sum + photo.bytes, sent.bytes);
        sent = { photos: sent.photos + batch.length, bytes, key: batch.at(-1)?.key ?? sent.key };
        onProgress(sent);
      }
      // A process that is killed goes on behind the last whole page: some photos are told of twice, none never.
      await remember();
    }
    return sent;
  } finally {
    await remember();
  }
}

/**
 * The first version of S3's listing goes on behind a key, not behind a token: a checkpoint is a key too, and small
 * S3 servers page this way alone.
 */
async function* pagesOf(
  { s3, bucket, prefix, pageSize = 1000 }: EnqueueParts,
  after: string,
): AsyncGenerator<Listed[]> {
  let marker = after;
  for (;;) {
    const { Contents = [], IsTruncated } = await s3.send(
      new ListObjectsCommand({ Bucket: bucket, Prefix: prefix, MaxKeys: pageSize, Marker: marker }),
    );
    yield Contents.map(({ Key = '', ETag = '', Size = 0 }) => ({
      key: Key,
      etag: ETag.replaceAll('"', ''),
      bytes: Size,
    }))
      // Consoles make "folders": objects without bytes whose keys end so.
      .filter(({ key }) => !key.endsWith('/'));
    marker = Contents.at(-1)?.Key ?? '';
    if (IsTruncated !== true || marker === '') return;
  }
}

async function send({ sqs, queueUrl, bucket }: EnqueueParts, photos: readonly Listed[]): Promise<void> {
  let left = photos.map((photo, index) => ({ Id: String(index), MessageBody: eventOf(bucket, photo) }));
  let why = '';
  for (let tries = 0; tries < TRIES && left.length > 0; tries += 1) {
    const { Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: left }));
    const failed = new Set((Failed ?? []).map(({ Id }) => Id));
    why = Failed?.[0]?.Message ?? Failed?.[0]?.Code ?? why;
    left = left.filter(({ Id }) => failed.has(Id));
  }
  if (left.length > 0) throw new Error(`the queue refused ${left.length} messages ${TRIES} times: ${why}`);
}

/** What S3 would have sent, with `s3:ObjectCreated:Put` said by us. */
function eventOf(bucket: string, { key, etag, bytes }: Listed): string {
  const encoded = encodeEventKey(key);
  const object = { key: encoded, eTag: etag, size: bytes };
  const s3 = { s3SchemaVersion: '1.0', bucket: { name: bucket }, object };
  return JSON.stringify({ Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 }] });
}

/** @throws Error when the file is about another bucket or prefix: to go on there would leave photos out */
async function readCheckpoint({ checkpoint, bucket, prefix }: EnqueueParts): Promise<string | null> {
  const text = await readFile(checkpoint, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const kept = checkpointOf(text);
  if (kept === null) throw new Error(`${checkpoint} is no checkpoint of this command; name another with --checkpoint`);
  if (kept.bucket === bucket && kept.prefix === prefix) return kept.key;
  throw new Error(`${checkpoint} is about s3://${kept.bucket}/${kept.prefix}; name another file with --checkpoint`);
}

const checkpointSchema = z.object({ bucket: z.string(), prefix: z.string(), key: z.string() });

function checkpointOf(text: string): z.infer<typeof checkpointSchema> | null {
  try {
    return checkpointSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

async function keep(file: string, state: object): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(state)}\n`);
  await rename(`${file}.new`, file);
}
