import { randomUUID } from 'node:crypto';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

/** What takes a batch and says which of its messages it could not finish, as a Lambda function behind SQS does. */
export type Consumer = (event: SQSEvent) => Promise<SQSBatchResponse>;

export interface LocalQueue {
  readonly send: (body: string) => void;
  /** No further delivery; resolves when the one under way has ended. */
  readonly close: () => Promise<void>;
}

/** As `serverless.yml` sets them for the real queue. */
export const MAX_RECEIVES = 5;
/** Wait before a message comes again, in milliseconds: shorter than SQS's, because somebody is watching. */
const RETRY_AFTER = 1000;

/**
 * SQS in a few lines, for one process: one message at a time, again after a failure, given up after five tries.
 *
 * @param onDead told of each message that was given up
 */
export function createLocalQueue(consume: Consumer, onDead: (body: string) => void): LocalQueue {
  const timers = new Set<NodeJS.Timeout>();
  let tail: Promise<void> = Promise.resolve();
  let closed = false;

  const enqueue = (record: SQSRecord) => {
    tail = tail.then(() => deliver(record));
  };
  const deliver = async (record: SQSRecord): Promise<void> => {
    if (closed) return;
    if (await taken(record)) return;
    const receives = Number(record.attributes.ApproximateReceiveCount);
    if (receives >= MAX_RECEIVES) {
      onDead(record.body);
      return;
    }
    const attributes = { ...record.attributes, ApproximateReceiveCount: String(receives + 1) };
    const timer = setTimeout(() => {
      timers.delete(timer);
      enqueue({ ...record, attributes });
    }, RETRY_AFTER);
    timers.add(timer);
  };
  const taken = async (record: SQSRecord): Promise<boolean> => {
    try {
      return (await consume({ Records: [record] })).batchItemFailures.length === 0;
    } catch {
      // SQS does the same with a function that throws: the whole batch comes again. The function logs why.
      return false;
    }
  };
  return {
    send: (body) => enqueue(message(body)),
    close: () => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      return tail;
    },
  };
}

function message(body: string): SQSRecord {
  const now = String(Date.now());
  return {
    messageId: randomUUID(),
    receiptHandle: randomUUID(),
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: now,
      SenderId: 'local',
      ApproximateFirstReceiveTimestamp: now,
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:local:000000000000:dresscut-uploads',
    awsRegion: 'local',
  };
}
