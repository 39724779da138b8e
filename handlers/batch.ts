import { Logger } from '@aws-lambda-powertools/logger';
import type { Context, S3BatchEvent } from 'aws-lambda';
import { createUploads } from '../lib/app';
import { answerBatch, type BatchAnswer } from '../lib/uploads/batch-operations';
import { functionConfig } from './function-config';

const logger = new Logger({ serviceName: 'dresscut-batch' });
const config = functionConfig();
const { processUpload } = createUploads(config);

/** Photos that are in the uploads bucket already, a million at a time, on S3 Batch Operations. */
export async function handler(event: S3BatchEvent, context: Context): Promise<BatchAnswer | null> {
  logger.addContext(context);
  const answer = await answerBatch(event, processUpload);
  for (const result of answer?.results ?? []) logger.info('task answered', { ...result });
  return answer;
}
