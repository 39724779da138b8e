import { DresscutError, messageOf } from '../errors';
import { PHOTO_FORMATS, type PhotoFormat } from './formats';

/** libvips says first what followed from the fault, such as where it could not go on; these say nothing of the file. */
const CONSEQUENCE = /^(source: bad seek|temp-\d+|VipsImage: |heif: error|timeout: |vips__?\w+: )/;

/** A file that is not whole, with what its decoder found; an error that says more already stays as it is. */
export function damaged(format: PhotoFormat, cause: unknown): DresscutError {
  if (cause instanceof DresscutError) return cause;
  const lines = messageOf(cause)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const reason = lines.find((line) => !CONSEQUENCE.test(line)) ?? lines[0] ?? '';
  return new DresscutError(
    'undecodable-image',
    `The ${format.toUpperCase()} file is damaged or incomplete and cannot be decoded.`,
    { facts: { format, reason }, cause },
  );
}

/** A file that may be whole, but is of a kind that nobody here decodes. */
export function unsupported(found: string): DresscutError {
  const known = PHOTO_FORMATS.join(', ');
  return new DresscutError('unsupported-format', `The file is ${found}; the formats read are ${known}.`, {
    facts: { found, formats: PHOTO_FORMATS },
  });
}
