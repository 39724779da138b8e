import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';

/** Milliseconds for a call that is not worth waiting for: without it, the message comes again later. */
const PATIENCE = 2_000;

/**
 * Tell a queue when a message that failed is to come again.
 *
 * @param queueUrl also says where the queue answers
 * @returns takes the delivery's receipt handle and seconds, 0 to 43,200; rejects with the client's own error
 */
export function sqsRetryAfter(
  queueUrl: string,
  client: SQSClient = new SQSClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: PATIENCE, requestTimeout: PATIENCE, throwOnRequestTimeout: true },
  }),
): (receiptHandle: string, seconds: number) => Promise<void> {
  return async (ReceiptHandle, VisibilityTimeout) => {
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout }));
  };
}
