import type { MiddlewareHandler } from 'hono';
import { cors as honoCors } from 'hono/cors';

/** What scripts on other origins may read of an answer. */
const EXPOSED = [
  'ETag',
  'Location',
  'Retry-After',
  'Server-Timing',
  'X-Request-Id',
  'X-Dresscut-Verdict',
  'X-Dresscut-Reasons',
  'X-Dresscut-Advice',
  'X-Dresscut-Dresses',
  'X-Dresscut-Turned',
  'X-Dresscut-Presence',
  'X-Dresscut-Confidence',
  'X-Dresscut-Coverage',
  'X-Dresscut-Skin-Leak',
  'X-Dresscut-Box',
  'X-Dresscut-Photo',
  'X-Dresscut-Colours',
  'X-Dresscut-Pattern',
  'X-Dresscut-Length',
  'X-Dresscut-Model',
  'X-Type',
  'X-Width',
  'X-Height',
  'X-Credits-Charged',
  'X-Foreground-Top',
  'X-Foreground-Left',
  'X-Foreground-Width',
  'X-Foreground-Height',
];

/** Any origin may call: the key travels in a header, never in a cookie. Answers preflights, too. */
export function cors(): MiddlewareHandler {
  return honoCors({
    origin: '*',
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowHeaders: [
      'Accept',
      'Authorization',
      'Content-Type',
      'Idempotency-Key',
      'If-None-Match',
      'X-Api-Key',
      'X-Request-Id',
    ],
    exposeHeaders: EXPOSED,
    maxAge: 86_400,
  });
}

/** On every answer, errors included. */
const EVERYWHERE: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'timing-allow-origin': '*',
  'x-content-type-options': 'nosniff',
};

/** Where TLS ends at us, a browser never asks without it again; behind a proxy, that is the proxy's to say. */
const HSTS = 'max-age=31536000';

/** @param negotiated paths whose answers depend on `Accept` */
export function commonHeaders(negotiated: readonly string[]): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    for (const [name, value] of Object.entries(EVERYWHERE)) headers.set(name, value);
    if (c.req.url.startsWith('https:')) headers.set('strict-transport-security', HSTS);
    if (negotiated.includes(c.req.path)) headers.set('vary', 'Accept');
  };
}
