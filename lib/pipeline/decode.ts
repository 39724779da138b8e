import type { Photo } from '../raster';
import { decodeFile, TooLongToWalk } from './decode-file';
import { decodeApart } from './decoder-process';
import { type PhotoFormat, sniff } from './formats';
import { isLongWalk, needsWalk } from './jpeg';
import { checkBytes } from './limits';
import { pixelsAt } from './png';
import { unsupported } from './refusals';

/** An encoder that splits a picture as finely as it can makes about a dozen; each costs a pass over all pixels. */
const MAX_SCANS = 16;
/** Frames in arithmetic coding (ITU-T T.81): its codes take less than a bit each, so that no size bounds them. */
const ARITHMETIC = ['\xff\xc9', '\xff\xca'];
/** Everything before the pixels of a PNG: more than any profile has, less than takes time to inflate. */
const MAX_PNG_HEAD = 2_000_000;

/**
 * Bytes of a photo to its pixels: the first frame or page, upright, 8-bit sRGB, alpha laid over white. The
 * format is what the bytes say. Size and pixels are checked before anything of that size is allocated.
 *
 * What takes a time that its size bounds (most JPEGs and PNGs, lossy WebPs without alpha) is decoded right here, off
 * the main thread; everything else in a process that can be ended, at most `MAX_DECODE_SECONDS` and
 * `MAX_DECODE_BYTES` of it.
 *
 * @param bytes a JPEG, PNG, WebP, AVIF, GIF, TIFF or HEIC file; not changed
 * @returns the photo, and the format it came in (one of `PHOTO_FORMATS`)
 * @throws DresscutError `no-photo`, `too-large`, `unsupported-format`, `too-many-pixels`, `too-small`,
 * `too-complex`, `undecodable-image`, `out-of-time`
 */
export async function decode(bytes: Uint8Array): Promise<{ photo: Photo; format: PhotoFormat }> {
  checkBytes(bytes.length);
  const sniffed = sniff(bytes);
  if (sniffed.format === null) throw unsupported(sniffed.found);
  const { format } = sniffed;
  const photo = isBounded(bytes, format) ? await decodeHere(bytes, format) : await decodeApart(bytes, format);
  return { photo, format };
}

async function decodeHere(bytes: Uint8Array, format: PhotoFormat): Promise<Photo> {
  try {
    return await decodeFile(bytes, format, false);
  } catch (thrown) {
    if (thrown instanceof TooLongToWalk) return decodeApart(bytes, format);
    throw thrown;
  }
}

/** Whether the time and memory that decoding takes follow from the size of the picture. */
export function isBounded(bytes: Uint8Array, format: PhotoFormat): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === 'jpeg') {
    if (isLongWalk(file) && needsWalk(file)) return false;
    if (ARITHMETIC.some((frame) => file.includes(frame, 2, 'latin1'))) return false;
    let at = -1;
    for (let scans = 0; scans <= MAX_SCANS; scans++) {
      at = file.indexOf('\xff\xda', at + 1, 'latin1');
      if (at < 0) return true;
    }
    return false;
  }
  if (format === 'png') {
    const pixels = pixelsAt(file);
    const [depth, interlaced] = [file[24] ?? 0, file[28] !== 0];
    return pixels > 0 && pixels < MAX_PNG_HEAD && depth <= 8 && !interlaced;
  }
  return format === 'webp' && isOpaqueLossy(file);
}

/**
 * Whether a WebP has nothing but a lossy still picture. Without loss, as alpha mostly is, a file of 300 kB can name
 * 65,536 blocks with codes of their own, for which a decoder makes tables of 370 MB.
 */
function isOpaqueLossy(file: Buffer): boolean {
  for (let at = 12; at + 8 <= file.length; ) {
    const name = file.toString('latin1', at, at + 4);
    if (name === 'VP8 ') return true;
    if (['VP8L', 'ALPH', 'ANIM', 'ANMF'].includes(name)) return false;
    const length = file.readUInt32LE(at + 4);
    at += 8 + length + (length & 1);
  }
  return false;
}
