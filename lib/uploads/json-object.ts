import type { z } from 'zod';
import { DresscutError } from '../errors';
import type { PhotoStore, Place } from '../ports';

/** Tickets and receipts are a few kB; with all the strokes that are allowed, a receipt is 1.4 MB. */
const MAX_JSON_BYTES = 2_000_000;

/**
 * An object of the store that should hold JSON of a known shape.
 *
 * @returns `null` when it is not there, `unreadable` when it holds anything else
 * @throws DresscutError `internal` when the store could not be asked
 */
export async function readJson<T>(
  store: PhotoStore,
  place: Place,
  schema: z.ZodType<T>,
): Promise<T | 'unreadable' | null> {
  const bytes = await readSmall(store, place);
  if (bytes === null || bytes === 'unreadable') return bytes;
  const parsed = schema.safeParse(jsonOf(bytes));
  return parsed.success ? parsed.data : 'unreadable';
}

async function readSmall(store: PhotoStore, place: Place): Promise<Uint8Array | 'unreadable' | null> {
  try {
    return await store.read(place, { maxBytes: MAX_JSON_BYTES });
  } catch (thrown) {
    if (thrown instanceof DresscutError && thrown.code === 'too-large') return 'unreadable';
    throw thrown;
  }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
