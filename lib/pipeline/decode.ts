import type { Metadata } from 'sharp';
import { DresscutError } from '../errors';
import type { Photo } from '../raster';
import { sharp } from './codec';
import { DISPLAY_P3, displayP3, primariesOf } from './display-p3';
import { PHOTO_FORMATS, type PhotoFormat, sniff } from './formats';
import { heicToTiff } from './heic';
import { checkBytes, checkSize, MAX_PIXELS } from './limits';
import { tiff } from './tiff';

/** A flat 50-megapixel AVIF took 3.2 s on one shared core, a textured 12-megapixel WebP 0.5 s. */
const MAX_SECONDS = 30;

/**
 * How much a decoder may shrug off. TIFF and PNG warn about harmless tags and profiles all the time; for GIF a
 * warning means lost pixels; for JPEG it depends, see `mendable`.
 */
const STRICTNESS: Readonly<Record<PhotoFormat, 'error' | 'warning'>> = {
  jpeg: 'warning',
  png: 'error',
  webp: 'error',
  avif: 'error',
  gif: 'warning',
  tiff: 'error',
  heic: 'error',
};

/**
 * Bytes of a photo to its pixels: the first frame or page, upright, 8-bit sRGB, alpha laid over white. The
 * format is what the bytes say. Size and pixels are checked before anything of that size is allocated.
 *
 * @param bytes a JPEG, PNG, WebP, AVIF, GIF, TIFF or HEIC file; not changed
 * @returns the photo, and the format it came in (one of `PHOTO_FORMATS`)
 * @throws DresscutError `no-photo`, `too-large`, `unsupported-format`, `too-many-pixels`, `too-small`,
 * `undecodable-image`
 */
export async function decode(bytes: Uint8Array): Promise<{ photo: Photo; format: PhotoFormat }> {
  checkBytes(bytes.length);
  const sniffed = sniff(bytes);
  if (sniffed.format === null) throw unsupported(sniffed.found);
  const { format } = sniffed;
  const file = format === 'heic' ? await heicToTiff(bytes) : bytes;
  const header = await readHeader(file, format);
  try {
    const photo = await readPixels(file, header, STRICTNESS[format]);
    // sharp heeds the profile of an AVIF, not the numbers that stand for one.
    const numbered = format === 'avif' && !header.icc && primariesOf(bytes) === DISPLAY_P3;
    return { photo: numbered ? await fromDisplayP3(photo) : photo, format };
  } catch (thrown) {
    if (!mendable(format, thrown)) throw damaged(format, thrown);
  }
  try {
    return { photo: await readPixels(file, header, 'error'), format };
  } catch (thrown) {
    throw damaged(format, thrown);
  }
}

/** Reads the header alone and refuses what is too large, too small or no photo. */
async function readHeader(file: Uint8Array, format: PhotoFormat): Promise<Metadata> {
  let header: Metadata;
  try {
    // No pixel limit here: it would hide how many there are, and a header allocates none.
    header = await sharp(file, { limitInputPixels: false, failOn: 'none' }).metadata();
  } catch (thrown) {
    throw damaged(format, thrown);
  }
  checkSize(header.width, header.pageHeight ?? header.height);
  return header;
}

/** sharp itself converts any profile, depth and colour space to 8-bit sRGB; each test of it looks at real pixels. */
async function readPixels(file: Uint8Array, header: Metadata, failOn: 'error' | 'warning'): Promise<Photo> {
  const image = sharp(file, { failOn, limitInputPixels: MAX_PIXELS });
  if ((header.orientation ?? 1) > 1) image.autoOrient();
  if (header.hasAlpha) image.flatten({ background: '#fff' });
  image.timeout({ seconds: MAX_SECONDS });
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`expected 3 channels, received ${info.channels}`);
  const rgb = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { kind: 'photo', width: info.width, height: info.height, rgb };
}

async function fromDisplayP3({ width, height, rgb }: Photo): Promise<Photo> {
  const file = tiff({ width, height, channels: 3, stride: 3 * width, data: rgb, icc: await displayP3() });
  return readPixels(file, await readHeader(file, 'avif'), 'error');
}

/**
 * Phones write JPEGs that libjpeg warns about though every pixel is there (padding before the end marker, odd
 * scan parameters, unknown colour tags). Those are read again, leniently. Where it says that data are corrupt or
 * cut short, the rest of the picture is grey, and the photo is refused.
 */
function mendable(format: PhotoFormat, thrown: unknown): boolean {
  if (format !== 'jpeg') return false;
  const message = thrown instanceof Error ? thrown.message : '';
  return !/premature end|timeout|corrupt JPEG data(?!: \d+ extraneous bytes before marker 0xd9)/i.test(message);
}

function unsupported(found: string): DresscutError {
  const known = PHOTO_FORMATS.join(', ');
  return new DresscutError('unsupported-format', `The file is ${found}; the formats read are ${known}.`, {
    facts: { found, formats: PHOTO_FORMATS },
  });
}

function damaged(format: PhotoFormat, cause: unknown): DresscutError {
  if (cause instanceof DresscutError) return cause;
  const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  return new DresscutError(
    'undecodable-image',
    `The ${format.toUpperCase()} file is damaged or incomplete and cannot be decoded.`,
    { facts: { format, reason }, cause },
  );
}
