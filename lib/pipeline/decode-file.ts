import type { Metadata } from 'sharp';
import { DresscutError } from '../errors';
import type { Photo } from '../raster';
import { sharp } from './codec';
import { DISPLAY_P3, displayP3, primariesOf } from './display-p3';
import type { PhotoFormat } from './formats';
import { heicToTiff } from './heic';
import { checkHeifCost } from './heif-cost';
import { checkSize, MAX_PIXELS, MAX_WAIT_SECONDS } from './limits';
import { tiff } from './tiff';

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
 * The decoding itself, in whichever process: the first frame or page, upright, 8-bit sRGB, alpha laid over white.
 *
 * @param bytes a file of that format; not changed
 * @throws DresscutError `too-many-pixels`, `too-small`, `too-complex`, `undecodable-image`
 */
export async function decodeFile(bytes: Uint8Array, format: PhotoFormat): Promise<Photo> {
  if (format === 'heic' || format === 'avif') checkHeifCost(bytes, format);
  const file = format === 'heic' ? await heicToTiff(bytes) : bytes;
  const header = await readHeader(file, format);
  try {
    const photo = await readPixels(file, header, STRICTNESS[format]);
    // sharp heeds the profile of an AVIF, not the numbers that stand for one.
    const numbered = format === 'avif' && !header.icc && primariesOf(bytes) === DISPLAY_P3;
    return numbered ? await fromDisplayP3(photo) : photo;
  } catch (thrown) {
    if (!mendable(format, thrown)) throw damaged(format, thrown);
  }
  try {
    return await readPixels(file, header, 'error');
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
  image.timeout({ seconds: MAX_WAIT_SECONDS });
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

function damaged(format: PhotoFormat, cause: unknown): DresscutError {
  if (cause instanceof DresscutError) return cause;
  const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  return new DresscutError(
    'undecodable-image',
    `The ${format.toUpperCase()} file is damaged or incomplete and cannot be decoded.`,
    { facts: { format, reason }, cause },
  );
}
