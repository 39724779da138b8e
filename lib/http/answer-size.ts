import { DresscutError } from '../errors';

/** Characters of so many bytes as base64. */
export function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

/**
 * @param bytes of the answer as it travels, base64 where it is binary
 * @param maxBytes `null` where nothing between us and the caller limits it
 * @throws DresscutError `too-large`
 */
export function checkAnswer(bytes: number, maxBytes: number | null): void {
  if (maxBytes === null || bytes <= maxBytes) return;
  const found = `${(bytes / 1e6).toFixed(1)} MB as base64`;
  const message = `The result is ${found}; this service can answer ${(maxBytes / 1e6).toFixed(1)} MB. Ask for a smaller one with size, for the dress alone with crop, or for webp.`;
  throw new DresscutError('too-large', message, { facts: { bytes, maxBytes, options: ['size', 'crop', 'format'] } });
}
