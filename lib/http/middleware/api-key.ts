import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { DresscutError } from '../../errors';

/**
 * SHA-256 of each key that is let in, lower-case hex, after `read:` where it may not change catalogues; or the word for
 * letting everybody in.
 */
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

const CHANGES = ['PUT', 'DELETE'];

/** Lets only keys change catalogues that may. The middleware throws DresscutError `key-read-only`. */
export function writingKey(keys: ApiKeys): MiddlewareHandler {
  return async (c, next) => {
    const changes = keys !== 'off' && CHANGES.includes(c.req.method);
    if (changes && knownAs(keys, c.req.header('x-api-key') ?? '').every((key) => key.startsWith(READING))) {
      throw new DresscutError('key-read-only', 'The API key in X-Api-Key may search catalogues, not change them.');
    }
    await next();
  };
}

const READING = 'read:';

function check(keys: readonly string[], given: string | undefined): void {
  if (given === undefined || given === '') {
    throw new DresscutError('key-missing', 'This call needs an API key in the header X-Api-Key.');
  }
  if (knownAs(keys, given).length === 0) {
    throw new DresscutError('key-wrong', 'The API key in X-Api-Key is not known here.');
  }
}

/** The entries that a key fits. */
function knownAs(keys: readonly string[], given: string): string[] {
  const hash = createHash('sha256').update(given).digest();
  return keys.filter((key) => timingSafeEqual(hash, Buffer.from(key.replace(READING, ''), 'hex')));
}
