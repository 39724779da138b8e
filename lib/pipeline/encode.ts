import type { Sharp } from 'sharp';
import { DresscutError, messageOf } from '../errors';
import type { CutOutOptions } from '../options';
import type { Cutout, Matte, Photo, Size, Surround } from '../raster';
import { sharp } from './codec';
import { fillHidden } from './hidden-colours';
import { alphaOf, drawn, noSurround, rawImage } from './surround';
import { alphaChunk, greyWebp, withAlpha } from './webp';

/** An image file in memory. */
export interface Encoded {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: 'image/png' | 'image/webp' | 'image/jpeg';
  readonly width: number;
  readonly height: number;
}

type Format = CutOutOptions['format'];
type EncodeOptions = Pick<CutOutOptions, 'format' | 'size'>;

/** Writes a picture; where several are named, the next is for pictures that the one before cannot hold. */
type Writer = (image: Sharp) => Promise<Uint8Array>;

/** What each format's own header can say. */
const MAX_SIDE: Readonly<Record<Format, number>> = { png: 2 ** 31 - 1, webp: 16_383, jpeg: 65_535 };

/**
 * Settings by measurement (`npm run bench:encode`, docs/benchmarks.md), a megapixel:
 * PNG level 1 15 ms 1401 kB, 2 26 ms 1063 kB, 6 47 ms 969 kB, 2 with adaptive filters 68 ms 691 kB;
 * WebP q90 effort 0 with its alpha by itself 87 ms 89 kB, all by libwebp 140 ms 101 kB, at effort 2 94 ms 76 kB.
 * Of a 700x1000 cut-out JPEG q90 4:4:4 20 ms 157 kB, 4:2:0 16 ms 129 kB, which bleeds a red dress into its white ground.
 */
const WRITERS: Readonly<Record<Format, readonly Writer[]>> = {
  png: [(image) => image.png({ compressionLevel: 2, adaptiveFiltering: false }).toBuffer()],
  // How each block is predicted has to fit into 512 kB, whatever the picture's size (RFC 6386, 9.1): of 19 megapixels
  // of grain at quality 90 it does not, of 49 at 75 it does.
  webp: [90, 75, 50].map((quality) => (image) => image.webp({ quality, effort: 0 }).toBuffer()),
  jpeg: [(image) => image.jpeg({ quality: 90, chromaSubsampling: '4:4:4', optimiseCoding: false }).toBuffer()],
};

/** Grey, without loss. */
async function webpOfGrey(image: Sharp): Promise<Uint8Array> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return greyWebp(data, info.width);
}

/** A mask is data: 700x1000 as PNG level 3 takes 7 ms and 16 kB. */
const MASK_WRITERS: Readonly<Record<Format, readonly Writer[]>> = {
  png: [(image) => image.png({ compressionLevel: 3, adaptiveFiltering: false }).toBuffer()],
  webp: [webpOfGrey],
  jpeg: WRITERS.jpeg,
};

/**
 * A cut-out as an image file, sRGB, without any metadata; an alpha that is 255 everywhere is left out. The same
 * pixels give the same bytes.
 *
 * @param options `size` is the longest side of the result in pixels, `null` for the picture's own; never enlarges
 * @param cutout for a WebP, colours of pixels with alpha 0 are changed
 * @param surround the whole picture, where the cut-out is a part of it
 * @throws DresscutError `invalid-option` when the format cannot hold it: transparency in a JPEG, a side too long, more
 * detail than a WebP has room for
 */
export async function encode(
  cutout: Cutout,
  options: EncodeOptions,
  surround: Surround = noSurround(cutout),
): Promise<Encoded> {
  const isWhole = cutout.width === surround.width && cutout.height === surround.height;
  let image = drawn(cutout, surround);
  // sharp resizes before it adds anything around.
  if (!isWhole && isReduced(surround, options.size)) image = rawImage(await image.raw().toBuffer(), surround);
  if (isOpaque(cutout.rgba) && (isWhole || surround.colour !== null)) image.removeAlpha();
  else if (options.format === 'jpeg') {
    throw new DresscutError('invalid-option', 'JPEG holds no transparency; name a background, or take png or webp.', {
      facts: { format: 'jpeg' },
    });
  } else if (options.format === 'webp') {
    const size = resultSize(surround, options);
    if (!isReduced(surround, options.size)) return encodeTransparentWebp(cutout, surround);
    const rgba = await reduced(image, size).raw().toBuffer();
    return encodeTransparentWebp({ kind: 'cutout', ...size, rgba }, noSurround(size));
  }
  return write(image, surround, options, WRITERS);
}

/** Colours and alpha each by themselves: libwebp would take 20 bytes for the alpha of each pixel, seen or not. */
async function encodeTransparentWebp(cutout: Cutout, surround: Surround): Promise<Encoded> {
  fillHidden(cutout);
  const alpha = alphaChunk(alphaOf(cutout, surround), surround.width);
  const colours = await write(drawn(cutout, surround).removeAlpha(), surround, { format: 'webp', size: null }, WRITERS);
  return { ...colours, bytes: withAlpha(colours.bytes, alpha, surround) };
}

/** A photo as an image file, as `encode` writes cut-outs that are opaque. */
export async function encodePhoto(photo: Photo, options: EncodeOptions): Promise<Encoded> {
  const { width, height, rgb } = photo;
  const image = sharp(rgb, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  return write(image, photo, options, WRITERS);
}

/**
 * A matte as an image file: 8-bit grey, 0 where no dress is, 255 where all is dress; exact in PNG and WebP (which
 * has no grey and holds it three times), nearly so in JPEG.
 *
 * @param options as for `encode`
 * @throws DresscutError `invalid-option` when a side is too long for the format
 */
export async function encodeMask(matte: Matte, options: EncodeOptions): Promise<Encoded> {
  const { width, height, alpha } = matte;
  const image = sharp(alpha, { raw: { width, height, channels: 1 }, limitInputPixels: false }).toColourspace('b-w');
  return write(image, matte, options, MASK_WRITERS);
}

async function write(
  image: Sharp,
  raster: Size,
  options: EncodeOptions,
  writers: Readonly<Record<Format, readonly Writer[]>>,
): Promise<Encoded> {
  const { format, size } = options;
  const { width, height } = resultSize(raster, options);
  if (isReduced(raster, size)) reduced(image, { width, height });
  // Each writes the same image: sharp's `clone` would copy all pixels, twice.
  for (const writer of writers[format]) {
    const data = await writer(image).catch((thrown: unknown) => {
      if (!/unable to encode/.test(messageOf(thrown))) throw thrown;
    });
    if (!data) continue;
    const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    return { bytes, contentType: `image/${format}`, width, height };
  }
  throw new DresscutError(
    'invalid-option',
    `The result of ${width}x${height} pixels has more detail than ${format} holds; ask for a smaller size, or for png.`,
    { facts: { width, height, format } },
  );
}

/** @throws DresscutError `invalid-option` when a side is too long for the format */
function resultSize(raster: Size, { format, size }: EncodeOptions): Size {
  const { width, height } = reducedSize(raster, size);
  if (Math.max(width, height) <= MAX_SIDE[format]) return { width, height };
  throw new DresscutError(
    'invalid-option',
    `The result would be ${width}x${height} pixels; ${format} holds at most ${MAX_SIDE[format]} a side. ` +
      'Ask for a smaller size.',
    { facts: { width, height, maxSide: MAX_SIDE[format] } },
  );
}

/**
 * sharp multiplies colour by alpha before it resamples, so that the zeros under alpha 0 darken no edge. Mitchell has no
 * second lobe, which would draw a faint ring around a hard edge.
 */
const reduced = (image: Sharp, { width, height }: Size): Sharp =>
  image.resize(width, height, { fit: 'fill', kernel: 'mitchell' });

/** Longest side `size`, proportions kept, at least 1 pixel a side, never larger than it was. */
function reducedSize({ width, height }: Size, size: number | null): Size {
  const scale = size === null ? 1 : Math.min(1, size / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

const isReduced = ({ width, height }: Size, size: number | null): boolean =>
  size !== null && size < Math.max(width, height);

function isOpaque(rgba: Uint8Array): boolean {
  for (let i = 3; i < rgba.length; i += 4) if (rgba[i] !== 255) return false;
  return true;
}
