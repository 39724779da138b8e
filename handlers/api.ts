import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import { createService } from '../lib/app';
import { functionConfig } from './function-config';

/** Lambda carries 6 MB either way, binary as base64; 64 kB of that are for headers and JSON around the picture. */
const MAX_ANSWER_BYTES = 6 * 1024 * 1024 - 64 * 1024;

const logger = new Logger({ serviceName: 'dresscut-api' });
const config = functionConfig();
if (config.apiKeys === undefined) {
  throw new Error('DRESSCUT_API_KEYS must hold SHA-256 hashes of API keys, or "off" to let everybody in');
}
const service = createService(config, {
  keys: config.apiKeys,
  maxAnswerBytes: MAX_ANSWER_BYTES,
  log: (entry) => logger.error('a call was answered with a fault of ours', { ...entry }),
});
const answer = handle(service, { isContentTypeBinary: (type) => /^image\/(?!svg)|^application\/zip$/.test(type) });

/**
 * Calls by way of an HTTP API or a function URL (payload 2.0), a REST API (payload 1.0) or a load balancer, binary
 * bodies as base64 both ways. Whatever else invokes the function wants it warm: it gets what `/v1/ready` says.
 */
export async function handler(event: unknown, context?: Context): Promise<Answer> {
  if (context !== undefined) logger.addContext(context);
  if (!isCall(event)) {
    const ready = await service.request('/v1/ready');
    return { statusCode: ready.status, headers: {}, body: await ready.text(), isBase64Encoded: false };
  }
  const method = event.requestContext.http === undefined ? event.httpMethod : event.requestContext.http?.method;
  // A GET with a body is odd but harmless; the Fetch standard's Request refuses to hold it.
  const idle = method === 'GET' || method === 'HEAD';
  return answer({ ...event, body: idle ? null : bodyOf(event) } as LambdaEvent);
}

/** Base64 without whatever is none, at which Hono would throw; what is left is no photo, and is refused as such. */
function bodyOf({ body, isBase64Encoded }: Call): unknown {
  if (!isBase64Encoded || typeof body !== 'string') return body;
  // Looking at 6 MB takes some 5 ms, writing them anew 90.
  const isSound = body.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(body);
  return isSound ? body : Buffer.from(body, 'base64').toString('base64');
}

type Answer = Awaited<ReturnType<typeof answer>>;

/** What the kinds of call have in common. */
interface Call {
  readonly requestContext: { readonly http?: { readonly method?: string } | null };
  readonly httpMethod?: string;
  readonly body?: unknown;
  readonly isBase64Encoded?: unknown;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function isCall(event: unknown): event is Call {
  const context = isObject(event) && 'requestContext' in event ? event.requestContext : null;
  return isObject(context);
}
