import { createHash } from 'node:crypto';
import { type Correction, correctionNames } from '../correction';
import { type CutOutOptions, FORMATS } from '../options';

/** Uploads lie below this in their bucket; nothing else there is ever cut. */
export const UPLOADS_PREFIX = 'uploads/';

/** Corrections lie below this in the bucket for cut-outs. */
const CORRECTIONS_PREFIX = 'corrections/';

/** S3 takes keys of so many bytes. */
const MAX_KEY_BYTES = 1024;

/**
 * Where the receipt of an upload lies.
 * @param key of the upload, starting with `uploads/`
 */
export function receiptKey(key: string): string {
  return `cutouts/${pathOf(key)}.json`;
}

/**
 * Where the pictures of an upload lie: the path below `uploads/` with the new extension added, so that `a.jpg` and
 * `a.png` never meet. A path too long for that is replaced by its SHA-256, below `long/`.
 * @param key of the upload, starting with `uploads/`
 */
export function pictureKeys(key: string, format: CutOutOptions['format']): Record<'cutout' | 'mask', string> {
  const path = pathOf(key);
  return { cutout: `cutouts/${path}.${format}`, mask: `masks/${path}.png` };
}

/** Every key that a picture of this upload may have, whatever was asked for. */
export function allPictureKeys(key: string): readonly string[] {
  return [...new Set(FORMATS.flatMap((format) => Object.values(pictureKeys(key, format))))];
}

/**
 * Where the three pictures of a corrected cut lie: in one folder, as training reads them, named after the upload.
 * @param key of the upload, starting with `uploads/`
 */
export function correctionKeys(key: string): Readonly<Record<keyof Correction, string>> {
  const { original, body, dress } = correctionNames(key);
  return {
    original: CORRECTIONS_PREFIX + original,
    body: CORRECTIONS_PREFIX + body,
    dress: CORRECTIONS_PREFIX + dress,
  };
}

/** An object of the uploads bucket that is a photo to be cut: below the prefix, and not the folder itself. */
export function isUploadKey(key: string): boolean {
  return key.startsWith(UPLOADS_PREFIX) && key.length > UPLOADS_PREFIX.length;
}

function pathOf(key: string): string {
  const given = key.slice(UPLOADS_PREFIX.length);
  const fits = Buffer.byteLength(`cutouts/${given}.jpeg`) <= MAX_KEY_BYTES;
  return fits ? given : `long/${createHash('sha256').update(given).digest('hex')}`;
}
