import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { DresscutError, messageOf } from '../errors';
import type { PhotoStore, Place, Presigner } from '../ports';
import { collect, SILENCE } from './collect';

export interface S3Settings {
  /** An S3 server other than AWS, addressed with the bucket in the path. */
  readonly s3Endpoint: string | undefined;
  /** Region of that server, which is sent the environment's credentials; without it, one that looks at no signature. */
  readonly s3Region?: string | undefined;
}

/** Milliseconds until a connection stands. */
const CONNECT = 3_000;

/** A client with ends to every wait. */
export function s3Client({ s3Endpoint, s3Region }: S3Settings): S3Client {
  const account = s3Region === undefined ? LOCAL : { region: s3Region };
  const own = s3Endpoint === undefined ? {} : { endpoint: s3Endpoint, forcePathStyle: true, ...account };
  return new S3Client({
    ...own,
    maxAttempts: 4,
    requestHandler: { connectionTimeout: CONNECT, requestTimeout: SILENCE, throwOnRequestTimeout: true },
    // A presigned address would else carry the checksum of an empty body.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

/** What a server is told that looks at no signature; the embedded one knows this access key alone. */
const LOCAL = { region: 'us-east-1', credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' } } as const;

/** Amazon S3, or a server that speaks its language, as the store of both buckets. */
export function s3Store(settings: S3Settings, client: S3Client = s3Client(settings)): PhotoStore & Presigner {
  return {
    head: (place) =>
      orNull(async () => {
        const found = await client.send(new HeadObjectCommand(inputOf(place)));
        return {
          bytes: found.ContentLength ?? 0,
          etag: bare(found.ETag),
          version: found.VersionId,
          metadata: found.Metadata ?? {},
          modified: found.LastModified ?? new Date(0),
        };
      }),
    read: (place, { maxBytes, etag }) =>
      orNull(async () => {
        const condition = etag === undefined ? {} : { IfMatch: `"${etag}"` };
        const { Body, ContentLength } = await client.send(new GetObjectCommand({ ...inputOf(place), ...condition }));
        return collect(Body as Readable, maxBytes, ContentLength);
      }),
    write: (place, bytes, { contentType, cacheControl, metadata }) =>
      whole(async () => {
        const body = { Body: bytes, ContentLength: bytes.length, ContentType: contentType };
        const extras = { CacheControl: cacheControl, Metadata: { ...metadata } };
        await client.send(new PutObjectCommand({ Bucket: place.bucket, Key: place.key, ...body, ...extras }));
      }),
    remove: (place) =>
      whole(async () => {
        await client.send(new DeleteObjectCommand(inputOf(place)));
      }),
    tags: (place) =>
      orNull(async () => {
        const { TagSet } = await client.send(new GetObjectTaggingCommand(inputOf(place)));
        return Object.fromEntries((TagSet ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
      }),
    post: ({ bucket, key }, { maxBytes, seconds, fields }) =>
      whole(async () =>
        createPresignedPost(client, {
          Bucket: bucket,
          Key: key,
          Fields: { ...fields },
          Conditions: [
            ['content-length-range', 1, maxBytes],
            ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
          ],
          Expires: seconds,
        }),
      ),
    get: (place, { seconds, filename }) =>
      whole(async () => {
        const saved = filename === undefined ? undefined : `attachment; filename="${filename}"`;
        const command = new GetObjectCommand({ ...inputOf(place), ResponseContentDisposition: saved });
        return getSignedUrl(client, command, { expiresIn: seconds });
      }),
  };
}

function inputOf({ bucket, key, version }: Place): { Bucket: string; Key: string; VersionId: string | undefined } {
  return { Bucket: bucket, Key: key, VersionId: version };
}

function bare(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}

/** 404: not there. 412: not the one that was asked for. */
const ABSENT: readonly unknown[] = [404, 412];

async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof S3ServiceException && isAbsent(thrown)) return null;
    throw asFault(thrown);
  }
}

function isAbsent({ name, $metadata: { httpStatusCode } }: S3ServiceException): boolean {
  // A bucket that is not there is a mistake of whoever set this up, not a photo that vanished.
  return name !== 'NoSuchBucket' && ABSENT.includes(httpStatusCode);
}

async function whole<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw asFault(thrown);
  }
}

function asFault(thrown: unknown): DresscutError {
  if (thrown instanceof DresscutError) return thrown;
  const name = thrown instanceof Error ? thrown.name : 'unknown';
  const status = thrown instanceof S3ServiceException ? ` (${thrown.$metadata.httpStatusCode})` : '';
  const message = messageOf(thrown);
  return new DresscutError('internal', `The store answered ${name}${status}: ${message}`, { cause: thrown });
}
