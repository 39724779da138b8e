import { z } from 'zod';
import { readS3Event, readS3Text, type S3News } from './s3-events';
import { isWarmUp } from './warm-up';

/** One message: what a queue or a service delivers, and may deliver again. */
export interface Message extends S3News {
  /** What a partial batch response names; `null` when a service itself calls and knows no single messages. */
  readonly id: string | null;
  /** What the queue knows this delivery by; `null` without a queue. */
  readonly receiptHandle: string | null;
  /** How often it has been delivered, this time included. */
  readonly receives: number;
}

const sqsRecord = z.object({
  eventSource: z.literal('aws:sqs'),
  messageId: z.string().min(1),
  receiptHandle: z.string().nullish(),
  body: z.string(),
  attributes: z
    .object({
      ApproximateReceiveCount: z.coerce.number().int().min(1).catch(1),
      AWSTraceHeader: z.string().nullish().catch(null),
    })
    .nullish()
    .catch(null),
});

/** Known by its source, so that one broken record does not make strangers of its neighbours. */
const ofSqs = z.object({ eventSource: z.literal('aws:sqs') });

/**
 * What a Lambda function was called with, as messages: a batch from SQS (with an event in each), or an event of S3,
 * SNS or EventBridge itself, which is one message.
 */
export function messagesOf(event: unknown): readonly Message[] {
  if (isWarmUp(event)) return [];
  const batch = batchOf(event);
  if (batch !== null) return batch.map(messageOf);
  return [{ id: null, receiptHandle: null, receives: 1, ...readS3Event(event) }];
}

/** An event source mapping calls with `Records`, an EventBridge pipe with the list itself. */
function batchOf(event: unknown): readonly unknown[] | null {
  const list = Array.isArray(event)
    ? event
    : z.object({ Records: z.array(z.unknown()) }).safeParse(event).data?.Records;
  return list?.some((record) => ofSqs.safeParse(record).success) ? list : null;
}

function messageOf(record: unknown): Message {
  const { data } = sqsRecord.safeParse(record);
  if (data === undefined) {
    const id = z.object({ messageId: z.string().min(1) }).safeParse(record).data?.messageId ?? null;
    const why = ['a record of SQS lacks its id or its body'];
    return { id, receiptHandle: null, receives: 1, created: [], removed: [], unrecognised: why, trace: {} };
  }
  const { messageId, receiptHandle, body, attributes } = data;
  const { trace, ...news } = readS3Text(body);
  const xray = attributes?.AWSTraceHeader ?? undefined;
  return {
    id: messageId,
    receiptHandle: receiptHandle ?? null,
    receives: attributes?.ApproximateReceiveCount ?? 1,
    ...news,
    trace: { messageId, ...(xray === undefined ? {} : { xray }), ...trace },
  };
}
