import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** How long something is remembered after it was last asked for: somebody with a brush draws again within it. */
const SECONDS = 60;
/** Of all that is remembered. A photo of 12 megapixels is 36 MB; one above 21 is never kept. */
const MAX_BYTES = 64_000_000;

/** The value for some bytes: what is remembered of them, or what `make` makes. */
export type Recent<T extends object> = (bytes: Uint8Array, make: () => Promise<T>) => Promise<T>;

/**
 * Remembers for a minute, in memory alone, what the last bytes gave, by their SHA-256. What failed is not remembered.
 *
 * @param sizeOf a value, in bytes
 */
export function createRecent<T extends object>(sizeOf: (value: T) => number): Recent<T> {
  const cache = new LRUCache<string, T>({
    maxSize: MAX_BYTES,
    sizeCalculation: (value) => Math.max(1, sizeOf(value)),
    ttl: 1000 * SECONDS,
    updateAgeOnGet: true,
    // Gone after its minute, not only when somebody asks again: no photo stays in memory.
    ttlAutopurge: true,
    perf: Date,
  });
  return async (bytes, make) => {
    const key = createHash('sha256').update(bytes).digest('base64');
    const known = cache.get(key);
    if (known !== undefined) return known;
    const value = await make();
    cache.set(key, value);
    return value;
  };
}
