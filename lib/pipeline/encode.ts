import type { Sharp } from 'sharp';
import type { Colour } from '../colour';
import { DresscutError, messageOf } from '../errors';
import type { CutOutOptions } from '../options';
import type { Cutout, Matte, Photo, Size } from '../raster';
import { sharp } from './codec';

/** An image file in memory. */
export interface Encoded {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: 'image/png' | 'image/webp' | 'image/jpeg';
  readonly width: number;
  readonly height: number;
}

type Format = CutOutOptions['format'];
type EncodeOptions = Pick<CutOutOptions, 'format' | 'size'>;

/** The larger picture in which a cut-out stands. Only the cut-out's own pixels take memory. */
export interface Surround extends Size {
  /** Where the cut-out's first pixel stands. */
  readonly left: number;
  readonly top: number;
  /** Of all that lies beside the cut-out; `null` is transparent. */
  readonly colour: Colour | null;
}

/** Sets how a picture is written; where several are named, the next is for pictures that the one before cannot hold. */
type Writer = (image: Sharp) => Sharp;

/** What each format's own header can say. */
const MAX_SIDE: Readonly<Record<Format, number>> = { png: 2 ** 31 - 1, webp: 16_383, jpeg: 65_535 };

/**
 * Settings by measurement (`npm run bench:encode`, docs/benchmarks.md), a megapixel:
 * PNG level 1 15 ms 1401 kB, 2 26 ms 1063 kB, 6 47 ms 969 kB, 2 with adaptive filters 68 ms 691 kB;
 * WebP q90 effort 0 117 ms 101 kB, 2 135 ms 76 kB, 4 436 ms 75 kB.
 * Of a 700x1000 cut-out JPEG q90 4:4:4 20 ms 157 kB, 4:2:0 16 ms 129 kB, which bleeds a red dress into its white ground.
 */
const WRITERS: Readonly<Record<Format, readonly Writer[]>> = {
  png: [(image) => image.png({ compressionLevel: 2, adaptiveFiltering: false })],
  // How each block is predicted has to fit into 512 kB, whatever the picture's size (RFC 6386, 9.1): of 19 megapixels
  // of grain at quality 90 it does not, of 49 at 75 it does.
  webp: [90, 75, 50].map((quality) => (image) => image.webp({ quality, alphaQuality: 100, effort: 0 })),
  jpeg: [(image) => image.jpeg({ quality: 90, chromaSubsampling: '4:4:4', optimiseCoding: false })],
};

/** A mask is data: 700x1000 as PNG level 3 takes 7 ms and 16 kB, as lossless WebP 29 ms and 12 kB. */
const MASK_WRITERS: Readonly<Record<Format, readonly Writer[]>> = {
  png: [(image) => image.png({ compressionLevel: 3, adaptiveFiltering: false })],
  webp: [(image) => image.webp({ lossless: true, effort: 0 })],
  jpeg: WRITERS.jpeg,
};

/**
 * A cut-out as an image file, sRGB, without any metadata; an alpha that is 255 everywhere is left out. The same
 * pixels give the same bytes.
 *
 * @param options `size` is the longest side of the result in pixels, `null` for the picture's own; never enlarges
 * @param surround the whole picture, where the cut-out is a part of it
 * @throws DresscutError `invalid-option` when the format cannot hold it: transparency in a JPEG, a side too long, more
 * detail than a WebP has room for
 */
export async function encode(
  cutout: Cutout,
  options: EncodeOptions,
  surround: Surround = { width: cutout.width, height: cutout.height, left: 0, top: 0, colour: null },
): Promise<Encoded> {
  const isWhole = cutout.width === surround.width && cutout.height === surround.height;
  let image = isWhole ? rawImage(cutout.rgba, cutout) : surrounded(cutout, surround);
  // sharp resizes before it adds anything around.
  if (!isWhole && isReduced(surround, options.size)) image = rawImage(await image.raw().toBuffer(), surround);
  if (isOpaque(cutout.rgba) && (isWhole || surround.colour !== null)) image.removeAlpha();
  else if (options.format === 'jpeg') {
    throw new DresscutError('invalid-option', 'JPEG holds no transparency; name a background, or take png or webp.', {
      facts: { format: 'jpeg' },
    });
  }
  return write(image, surround, options, WRITERS);
}

const rawImage = (rgba: Uint8Array, { width, height }: Size): Sharp =>
  sharp(rgba, { raw: { width, height, channels: 4 }, limitInputPixels: false });

function surrounded(cutout: Cutout, { width, height, left, top, colour }: Surround): Sharp {
  return rawImage(cutout.rgba, cutout).extend({
    left,
    top,
    right: width - left - cutout.width,
    bottom: height - top - cutout.height,
    background: colour === null ? { r: 0, g: 0, b: 0, alpha: 0 } : { ...colour, alpha: 1 },
  });
}

/** A photo as an image file, as `encode` writes cut-outs. */
export function encodePhoto(photo: Photo, format: Format): Promise<Encoded> {
  const { width, height, rgb } = photo;
  const image = sharp(rgb, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  return write(image, photo, { format, size: null }, WRITERS);
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
  { format, size }: EncodeOptions,
  writers: Readonly<Record<Format, readonly Writer[]>>,
): Promise<Encoded> {
  const { width, height } = reducedSize(raster, size);
  if (Math.max(width, height) > MAX_SIDE[format]) {
    const found = `${width}x${height} pixels`;
    throw new DresscutError(
      'invalid-option',
      `The result would be ${found}; ${format} holds at most ${MAX_SIDE[format]} a side. Ask for a smaller size.`,
      { facts: { width, height, maxSide: MAX_SIDE[format] } },
    );
  }
  // sharp multiplies colour by alpha before it resamples, so that the zeros under alpha 0 darken no edge.
  // Mitchell has no second lobe, which would draw a faint ring around a hard edge.
  if (isReduced(raster, size)) image.resize(width, height, { fit: 'fill', kernel: 'mitchell' });
  for (const writer of writers[format]) {
    const data = await writer(image.clone())
      .toBuffer()
      .catch((thrown: unknown) => {
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
