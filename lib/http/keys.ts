import { createHash, timingSafeEqual } from 'node:crypto';
import { DresscutError } from '../errors';

/** SHA-256 of each key that is let in, lower-case hex; or the word for letting everybody in. */
export type Keys = readonly string[] | 'off';

/**
 * Lets a caller in, or not. All hashes are compared, whichever fits, and each in constant time.
 *
 * @param given the header `X-Api-Key`
 * @throws DresscutError `key-missing`, `key-wrong`
 */
export function checkKey(keys: Keys, given: string | undefined): void {
  if (keys === 'off') return;
  if (given === undefined || given === '') {
    throw new DresscutError('key-missing', 'This call needs an API key in the header X-Api-Key.');
  }
  const hash = createHash('sha256').update(given).digest();
  const known = keys.filter((key) => timingSafeEqual(hash, Buffer.from(key, 'hex')));
  if (known.length === 0) throw new DresscutError('key-wrong', 'The API key in X-Api-Key is not known here.');
}
