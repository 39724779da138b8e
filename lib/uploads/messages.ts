import { z } from 'zod';
import { decodeEventKey } from './event-key';
import type { S3ObjectRef } from './object-ref';

/** One message: what a queue or S3 delivers, and may deliver again. */
export interface Message {
  /** What a partial batch response names; `null` when S3 itself calls and knows no single messages. */
  readonly id: string | null;
  /** Photos that it tells of; none for `s3:TestEvent`. */
  readonly uploads: readonly S3ObjectRef[];
  /** Why it could not be understood; `null` when it was. */
  readonly unrecognised: string | null;
  /** How often it has been delivered, this time included. */
  readonly receives: number;
  /** Ids that lead from this message back to the upload. */
  readonly trace: Readonly<Record<string, string>>;
}

const s3Record = z.object({
  eventSource: z.literal('aws:s3'),
  eventName: z.string(),
  s3: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string(), eTag: z.string().optional(), versionId: z.string().optional() }),
  }),
  responseElements: z.record(z.string(), z.string()).optional(),
});
const s3Event = z.object({ Records: z.array(s3Record).min(1) });
const testEvent = z.object({ Event: z.literal('s3:TestEvent') });
const sqsEvent = z.object({
  Records: z
    .array(
      z.object({
        eventSource: z.literal('aws:sqs'),
        messageId: z.string(),
        body: z.string(),
        attributes: z.record(z.string(), z.string()).optional(),
      }),
    )
    .min(1),
});

/**
 * What a Lambda function was called with, as messages: a batch from SQS with one S3 event in each, or an S3 event
 * itself. What is neither becomes one message that is not recognised.
 */
export function messagesOf(event: unknown): readonly Message[] {
  const batch = sqsEvent.safeParse(event);
  if (!batch.success) return [{ id: null, receives: 1, ...contentsOf(event) }];
  return batch.data.Records.map(({ messageId, body, attributes }) => {
    const { trace, ...rest } = contentsOf(parsed(body));
    const xray = attributes?.AWSTraceHeader;
    const own = { messageId, ...(xray === undefined ? {} : { xray }), ...trace };
    return { id: messageId, receives: Number(attributes?.ApproximateReceiveCount ?? 1), ...rest, trace: own };
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function contentsOf(value: unknown): Pick<Message, 'uploads' | 'unrecognised' | 'trace'> {
  if (testEvent.safeParse(value).success) return { uploads: [], unrecognised: null, trace: {} };
  const event = s3Event.safeParse(value);
  if (!event.success) return { uploads: [], unrecognised: 'this is no event of S3', trace: {} };
  const created = event.data.Records.filter(({ eventName }) => /^(s3:)?ObjectCreated:/.test(eventName));
  const requestId = event.data.Records[0]?.responseElements?.['x-amz-request-id'];
  return {
    uploads: created.map(({ s3: { bucket, object } }) => ({
      bucket: bucket.name,
      key: decodeEventKey(object.key),
      etag: object.eTag,
      version: object.versionId,
    })),
    unrecognised: null,
    trace: requestId === undefined ? {} : { s3RequestId: requestId },
  };
}
