import { DresscutError } from './errors';

/**
 * The refusal of a photo that has too many bytes.
 * @param bytes of the photo; `undefined` while it is still arriving and its end is not known
 */
export function photoTooLarge(bytes: number | undefined, maxBytes: number): DresscutError {
  const limit = `${megabytes(maxBytes)} MB`;
  return bytes === undefined
    ? new DresscutError('too-large', `The photo has more than ${limit}, which is the limit.`, { facts: { maxBytes } })
    : new DresscutError('too-large', `The photo is ${megabytes(bytes)} MB; the limit is ${limit}.`, {
        facts: { bytes, maxBytes },
      });
}

/** To one digit after the point, which whole numbers do without. */
function megabytes(bytes: number): string {
  return String(Number((bytes / 1e6).toFixed(1)));
}
