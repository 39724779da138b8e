import type { Metadata } from 'sharp';
import { messageOf } from '../errors';
import type { Photo } from '../raster';
import { sharp } from './codec';
import type { PhotoFormat } from './formats';
import { decodeHeic } from './heic';
import { checkHeifCost } from './heif-cost';
import { heifItems, isAmbiguous, isMadeOf, nclxOf } from './heif-items';
import { checkProfile } from './icc-cost';
import { isLongWalk, isPadded, mendJpeg } from './jpeg';
import { checkHeld, checkSize, MAX_PIXELS, MAX_WAIT_SECONDS } from './limits';
import { differsFromSrgb, isHdr, type Nclx, toSrgb } from './nclx';
import { withoutTexts } from './png';
import { rawToPhoto } from './raw-to-photo';
import { damaged, unsupported } from './refusals';
import { unreadHeif, unreadKind } from './unread-kinds';

/**
 * How much a decoder may shrug off. TIFF and PNG warn about harmless tags and profiles all the time; for GIF a
 * warning means lost pixels; for JPEG it depends, see `forgivable`.
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

/** A JPEG has to be walked through, which would take long where that was tried. */
export class TooLongToWalk extends Error {}

/**
 * The decoding itself, in whichever process: the first frame or page, upright, 8-bit sRGB, alpha laid over white.
 *
 * @param bytes a file of that format; not changed
 * @param longWalks whether a JPEG may be walked through here, however long that takes
 * @throws DresscutError `too-many-pixels`, `too-small`, `too-complex`, `unsupported-format`, `undecodable-image`
 * @throws TooLongToWalk
 */
export async function decodeFile(bytes: Uint8Array, format: PhotoFormat, longWalks = true): Promise<Photo> {
  const unread = unreadKind(bytes, format);
  if (unread) throw unsupported(unread);
  if (format === 'heic' || format === 'avif') return decodeHeif(bytes, format);
  const mended = format === 'jpeg' ? mendJpeg(bytes) : null;
  const file = mended?.file ?? (format === 'png' ? withoutTexts(bytes) : bytes);
  const header = await readHeader(file, format);
  try {
    return await readPixels(file, header, STRICTNESS[format]);
  } catch (thrown) {
    // Where we had to add the end, whatever else is odd may be that the end is not there.
    const warning = messageOf(thrown);
    if (mended === null || mended.closed || !forgivable(warning)) throw damaged(format, thrown);
    if (EXTRANEOUS.test(warning)) {
      if (!longWalks && isLongWalk(file)) throw new TooLongToWalk();
      if (!isPadded(file)) throw damaged(format, thrown);
    }
  }
  try {
    return await readPixels(file, header, 'error');
  } catch (thrown) {
    throw damaged(format, thrown);
  }
}

async function decodeHeif(bytes: Uint8Array, format: 'heic' | 'avif'): Promise<Photo> {
  // Of two, decoders read one or the other.
  if (isAmbiguous(bytes)) throw damaged(format, new Error('more than one meta box'));
  const items = heifItems(bytes);
  const unread = unreadHeif(bytes, items);
  if (unread) throw unsupported(unread);
  checkHeifCost(items, format);
  const colours = items && nclxOf(items);
  const isAv1 = format === 'avif' || (items !== null && isMadeOf(items, 'av01'));
  if (!isAv1) {
    const raw = await decodeHeic(bytes, colours);
    if (raw.icc) checkProfile(raw.icc, format);
    return rawToPhoto(raw).catch((thrown: unknown) => {
      throw damaged(format, thrown);
    });
  }
  const file = asAvif(bytes);
  const header = await readHeader(file, format);
  try {
    // sharp heeds the profile of an AVIF, not the numbers that stand for one; of brightness only numbers tell.
    if (colours && differsFromSrgb(colours) && (!header.icc || isHdr(colours)))
      return await readNumbered(file, header, colours);
    return await readPixels(file, header, STRICTNESS[format]);
  } catch (thrown) {
    throw damaged(format, thrown);
  }
}

/** libvips knows AVIF by its first brand; an animation has another one, and its still picture beside the frames. */
function asAvif(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes);
  file.write('avif', 8, 'latin1');
  return file;
}

/** A flag of its first chunk says so, which still pictures mostly lack. */
function isAnimatedWebp(file: Uint8Array): boolean {
  const name = new TextDecoder().decode(file.subarray(12, 16));
  return name === 'VP8X' && ((file[20] ?? 0) & 2) !== 0;
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
  const height = header.pageHeight ?? header.height;
  checkSize(header.width, height);
  if (header.icc) checkProfile(header.icc, format);
  const pixels = header.width * height;
  if (format === 'png' && header.isProgressive)
    checkHeld(pixels * header.channels * (header.depth === 'ushort' ? 2 : 1), format);
  // A frame with its alpha, and the canvas that it is laid on.
  if (format === 'webp' && isAnimatedWebp(file)) checkHeld(pixels * 8, format);
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

/** The same, for pixels whose colours are told by numbers. */
async function readNumbered(file: Uint8Array, header: Metadata, colours: Nclx): Promise<Photo> {
  const deep = header.depth === 'ushort';
  const image = sharp(file, { failOn: 'error', limitInputPixels: MAX_PIXELS, ignoreIcc: true });
  if (header.hasAlpha) image.flatten({ background: '#fff' });
  const raw = deep ? image.toColourspace('rgb16').raw({ depth: 'ushort' }) : image.raw();
  const { data, info } = await raw.toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`expected 3 channels, received ${info.channels}`);
  const samples = deep ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2) : data;
  // libvips shifts samples of 10 and 12 bits up and leaves the lowest bits empty.
  const max = deep ? 65_536 - 2 ** (16 - (header.bitsPerSample ?? 16)) : 255;
  return { kind: 'photo', width: info.width, height: info.height, rgb: toSrgb(samples, max, colours) };
}

/** Something lies between the last pixel and the end marker. */
const EXTRANEOUS = /extraneous bytes before marker 0xd9/;

/**
 * Phones write JPEGs that libjpeg warns about though every pixel is there (padding before the end marker, odd scan
 * parameters, unknown colour tags). Those are read again, leniently. Where it says that data are corrupt or cut short,
 * the rest of the picture is grey, and the photo is refused.
 */
function forgivable(warning: string): boolean {
  return !/premature end|timeout|corrupt JPEG data(?!: \d+ extraneous bytes before marker 0xd9)/i.test(warning);
}
