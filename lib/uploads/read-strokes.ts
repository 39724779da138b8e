import { DresscutError } from '../errors';
import type { PhotoStore, Place } from '../ports';
import { type Stroke, strokesSchema } from '../strokes';
import { readJson } from './json-object';

/**
 * The strokes that an upload names.
 * @throws DresscutError `invalid-option` when they are not there, or are none; `internal` when the store fails
 */
export async function readStrokes(store: PhotoStore, place: Place): Promise<readonly Stroke[]> {
  const strokes = await readJson<readonly Stroke[]>(store, place, strokesSchema);
  if (strokes !== null && strokes !== 'unreadable') return strokes;
  const why = strokes === null ? 'is not there; put it before the photo' : 'holds no list of strokes';
  throw new DresscutError('invalid-option', `The object ${place.key} ${why}.`, { facts: { option: 'strokes' } });
}
