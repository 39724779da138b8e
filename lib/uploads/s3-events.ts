import { z } from 'zod';
import { decodeEventKey } from './event-key';
import type { RemovedObject, S3ObjectRef } from './object-ref';

/** What an event tells. */
export interface S3News {
  /** Objects that were put there. */
  readonly created: readonly S3ObjectRef[];
  /** Objects that were deleted there. */
  readonly removed: readonly RemovedObject[];
  /** Why parts of it could not be understood, one sentence each; empty when all of it was. */
  readonly unrecognised: readonly string[];
  /** Ids that lead back to the upload. */
  readonly trace: Readonly<Record<string, string>>;
}

const NOTHING: S3News = { created: [], removed: [], unrecognised: [], trace: {} };

/** Events that S3 documents; those of objects that were put there are what this is about. */
const KINDS =
  /^(?:s3:)?(Object(?:Created|Removed|Restore|Tagging|Acl|Accessed)|Lifecycle\w+|Replication|IntelligentTiering|ReducedRedundancyLostObject)(?::|$)/;

/** A queue behind EventBridge behind a topic is three envelopes; more is nobody's configuration. */
const MAX_DEPTH = 5;
/** Of one event, its envelopes counted in. S3 sends one record at a time. */
const MAX_RECORDS = 10_000;

const name = z.string().min(1);
/** What S3 leaves out, other programs and libraries send as `null`. */
const optional = z.string().nullish();
/** What only the log and the order of removals make use of: whatever else it is, the photo is there all the same. */
const aside = optional.catch(null);

const s3Record = z.object({
  // AWS says aws:s3, other servers minio:s3 or ceph:s3.
  eventSource: z.string().regex(/:s3$/),
  eventName: name,
  eventTime: aside,
  s3: z.object({
    bucket: z.object({ name }),
    object: z.object({ key: name, eTag: optional, versionId: optional }),
  }),
  responseElements: z.looseObject({ 'x-amz-request-id': aside }).nullish().catch(null),
});
const eventBridgeEvent = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.string().regex(/^Object /),
  time: aside,
  detail: z.object({
    bucket: z.object({ name }),
    object: z.object({ key: name, etag: optional, 'version-id': optional }),
    'request-id': aside,
  }),
});
const snsRecord = z.object({ EventSource: z.literal('aws:sns'), Sns: z.object({ Message: z.string() }) });
const snsNotification = z.object({ Type: z.literal('Notification'), TopicArn: name, Message: z.string() });
const testEvent = z.object({ Event: z.literal('s3:TestEvent') });
const records = z.object({ Records: z.array(z.unknown()).min(1) });

/**
 * Read an event of S3: as S3 sends it, as EventBridge does, or either of them inside an SNS notification. Each record
 * is judged alone: one that is not understood takes nothing from its neighbours.
 *
 * @param event from JSON, of any shape
 */
export function readS3Event(event: unknown): S3News {
  return read(event, 0, { records: MAX_RECORDS });
}

/** The same for an event as text. */
export function readS3Text(text: string): S3News {
  return readText(text, 0, { records: MAX_RECORDS });
}

/** @param left how many records are still looked at, of whatever envelope */
function read(event: unknown, depth: number, left: { records: number }): S3News {
  if (depth > MAX_DEPTH) return unrecognised('there are too many envelopes around it');
  if (testEvent.safeParse(event).success) return NOTHING;
  const several = Array.isArray(event) ? event : records.safeParse(event).data?.Records;
  if (several !== undefined && several.length > 0) {
    left.records -= several.length;
    if (left.records < 0) return unrecognised(`it has over ${MAX_RECORDS} records`);
    return joined(several.map((each) => read(each, depth + 1, left)));
  }
  const wrapped = snsRecord.safeParse(event).data?.Sns.Message ?? snsNotification.safeParse(event).data?.Message;
  if (wrapped !== undefined) return readText(wrapped, depth + 1, left);
  return fromS3(event) ?? fromEventBridge(event) ?? unrecognised(whyNot(event));
}

function readText(text: string, depth: number, left: { records: number }): S3News {
  try {
    return read(JSON.parse(text), depth, left);
  } catch {
    return unrecognised('this is no JSON');
  }
}

function fromS3(event: unknown): S3News | null {
  const { data } = s3Record.safeParse(event);
  if (data === undefined) return null;
  const { bucket, object } = data.s3;
  const id = data.responseElements?.['x-amz-request-id'];
  const kind = KINDS.exec(data.eventName)?.[1];
  if (kind === undefined) return unrecognised('a record of S3 tells of an event that is not known');
  const ref = refOf(bucket.name, decodeEventKey(object.key), object.eTag, object.versionId);
  if (/^(ObjectRemoved|LifecycleExpiration)$/.test(kind))
    return news({ removed: [removedAt(ref, data.eventTime)] }, id);
  return news(kind === 'ObjectCreated' ? { created: [ref] } : {}, id);
}

/** EventBridge is given keys as they are, not encoded. */
function fromEventBridge(event: unknown): S3News | null {
  const { data } = eventBridgeEvent.safeParse(event);
  if (data === undefined) return null;
  const { bucket, object, 'request-id': id } = data.detail;
  const ref = refOf(bucket.name, object.key, object.etag, object['version-id']);
  if (data['detail-type'] === 'Object Deleted') return news({ removed: [removedAt(ref, data.time)] }, id);
  return news(data['detail-type'] === 'Object Created' ? { created: [ref] } : {}, id);
}

function refOf(bucket: string, key: string, etag: string | null | undefined, version: string | null | undefined) {
  return { bucket, key, etag: etag?.replaceAll('"', '') || undefined, version: version || undefined };
}

/** @param time ISO 8601; without it, the removal is as old as the moment */
function removedAt(ref: S3ObjectRef, time: string | null | undefined): RemovedObject {
  const at = Date.parse(time ?? '');
  return { ...ref, at: Number.isNaN(at) ? Date.now() : at };
}

function news(told: Partial<S3News>, requestId: string | null | undefined): S3News {
  return { ...NOTHING, ...told, trace: requestId ? { s3RequestId: requestId } : {} };
}

function unrecognised(why: string): S3News {
  return { ...NOTHING, unrecognised: [why] };
}

/** Thousands of odd records are odd for the same few reasons. */
function joined(all: readonly S3News[]): S3News {
  return {
    created: all.flatMap(({ created }) => created),
    removed: all.flatMap(({ removed }) => removed),
    unrecognised: [...new Set(all.flatMap((each) => each.unrecognised))],
    trace: all.find(({ trace }) => trace.s3RequestId)?.trace ?? {},
  };
}

/** What stands in the log for whoever has to find out. */
function whyNot(event: unknown): string {
  const fields = z.object({ Type: z.string(), SubscribeURL: z.string() }).safeParse(event);
  if (fields.success && fields.data.Type === 'SubscriptionConfirmation') {
    return 'an SNS topic asks for its subscription to be confirmed: open the SubscribeURL of this message';
  }
  const source = z.object({ eventSource: z.string() }).safeParse(event).data?.eventSource;
  if (source !== undefined && /:s3$/.test(source)) return 'a record of S3 lacks its event, its bucket or its key';
  if (z.object({ source: z.literal('aws.s3') }).safeParse(event).success) {
    return 'an EventBridge event of S3 lacks its bucket or its key';
  }
  return 'this is no event of S3';
}
