import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { createUploads } from '../lib/app';
import { sqsRetryAfter } from '../lib/storage/sqs';
import { createConsume } from '../lib/uploads/consume';
import { lambdaObserver } from '../lib/uploads/lambda-observer';
import { functionConfig } from './function-config';

const config = functionConfig();
const logger = new Logger({ serviceName: 'dresscut-uploads' });
// Several stages of one account write into one namespace.
const stage = { function: config.functionName ?? 'local' };
const metrics = new Metrics({ namespace: 'dresscut', serviceName: 'uploads', defaultDimensions: stage });
const consume = createConsume({
  ...createUploads(config),
  observer: lambdaObserver(logger, metrics),
  maxReceives: config.maxReceives,
  retryAfter: config.queueUrl === undefined ? undefined : sqsRetryAfter(config.queueUrl),
});

/** Uploads to be cut: told by SQS with partial batch responses, or by S3, SNS or EventBridge itself. */
export async function handler(event: unknown, context: Context): Promise<SQSBatchResponse> {
  logger.addContext(context);
  metrics.setFunctionName(context.functionName);
  metrics.captureColdStartMetric();
  try {
    return await consume(event, () => context.getRemainingTimeInMillis());
  } finally {
    // A batch of photos that were all refused stores none, and Powertools warns of that.
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  }
}
