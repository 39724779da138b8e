import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context, S3Event, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createUploads } from '../lib/app';
import { loadConfig } from '../lib/config';
import { createConsume } from '../lib/uploads/consume';
import { lambdaObserver } from '../lib/uploads/lambda-observer';

const config = loadConfig();
const logger = new Logger({ serviceName: 'dresscut-uploads' });
const metrics = new Metrics({ namespace: 'dresscut', serviceName: 'uploads' });
const consume = createConsume({
  processUpload: createUploads(config),
  observer: lambdaObserver(logger, metrics),
  maxReceives: config.maxReceives,
});

/** Uploads to be cut: from SQS with partial batch responses, or from S3 itself. */
export async function handler(event: SQSEvent | S3Event, context: Context): Promise<SQSBatchResponse> {
  logger.addContext(context);
  metrics.setFunctionName(context.functionName);
  metrics.captureColdStartMetric();
  try {
    return await consume(event, () => context.getRemainingTimeInMillis());
  } finally {
    metrics.publishStoredMetrics();
  }
}
