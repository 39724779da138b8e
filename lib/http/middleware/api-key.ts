import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { DresscutError } from '../../errors';

/** SHA-256 of each key that is let in, lower-case hex; or the word for letting everybody in. */
export type ApiKeys = readonly string[] | 'off';

/**
 * Lets a caller in, or not. All hashes are compared, whichever fits, and each in constant time.
 * The middleware throws DresscutError `key-missing` or `key-wrong`.
 */
export function apiKey(keys: ApiKeys): MiddlewareHandler {
  return async (c, next) => {
    if (keys !== 'off') check(keys, c.req.header('x-api-key'));
    await next();
  };
}

function check(keys: readonly string[], given: string | undefined): void {
  if (given === undefined || given === '') {
    throw new DresscutError('key-missing', 'This call needs an API key in the header X-Api-Key.');
  }
  const hash = createHash('sha256').update(given).digest();
  const known = keys.filter((key) => timingSafeEqual(hash, Buffer.from(key, 'hex')));
  if (known.length === 0) throw new DresscutError('key-wrong', 'The API key in X-Api-Key is not known here.');
}
