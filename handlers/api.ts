import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import { createService } from '../lib/app';
import { loadConfig } from '../lib/config';

/** Lambda carries 6 MB either way, binary as base64; 64 kB of that are for headers and JSON around the picture. */
const MAX_ANSWER_BYTES = 6 * 1024 * 1024 - 64 * 1024;

const logger = new Logger({ serviceName: 'dresscut-api' });
const config = loadConfig();
if (config.apiKeys === undefined) {
  throw new Error('DRESSCUT_API_KEYS must hold SHA-256 hashes of API keys, or "off" to let everybody in');
}
const service = createService(config, {
  keys: config.apiKeys,
  maxAnswerBytes: MAX_ANSWER_BYTES,
  log: (entry) => logger.error('a call was answered with a fault of ours', { ...entry }),
});
const answer = handle(service, {
  isContentTypeBinary: (type) => /^image\/(?!svg)|^application\/zip$/.test(type),
});

/** API Gateway HTTP API, payload 2.0; binary bodies as base64 both ways. */
export async function handler(
  event: APIGatewayProxyEventV2,
  context?: Context,
): Promise<APIGatewayProxyStructuredResultV2> {
  if (context !== undefined) logger.addContext(context);
  const { method } = event.requestContext.http;
  // A GET with a body is odd but harmless; the Fetch standard's Request refuses to hold it.
  const idle = method === 'GET' || method === 'HEAD';
  const asked: unknown = idle ? { ...event, body: undefined } : event;
  return answer(asked as LambdaEvent) as Promise<APIGatewayProxyStructuredResultV2>;
}
