import type { Sharp } from 'sharp';
import type { CutOutResult } from '../lib/cut-out';
import { sharp } from '../lib/pipeline/codec';
import { compose, overlay } from '../lib/pipeline/compose';
import { decode } from '../lib/pipeline/decode';
import type { Matte, Photo } from '../lib/raster';

/** Small pictures of one photo as WebP, all of one size. */
export interface Thumbnails {
  readonly width: number;
  readonly height: number;
  readonly photo: Buffer;
  /** The photo with the dress tinted and outlined; `null` where no dress was found. */
  readonly overlay: Buffer | null;
  /** The dress on nothing, in the photo's frame; `null` where no dress was found. */
  readonly cutout: Buffer | null;
}

/**
 * Thumbnails of a photo and of what was found in it. Made from the matte, so that the photo is not cut again.
 *
 * @param bytes the photo's file, one that could be cut
 * @param side the longest side of the thumbnails, pixels
 */
export async function makeThumbnails(bytes: Uint8Array, { matte }: CutOutResult, side: number): Promise<Thumbnails> {
  const photo = await shrink(bytes, side);
  const { width, height } = photo;
  const frame = { left: 0, top: 0, width, height };
  const small = matte === null ? null : await shrinkMatte(matte, width, height);
  const [first, second, third] = await Promise.all([
    webp(photo.rgb, width, height, 3),
    small && webp(overlay(photo, small, frame).rgba, width, height, 4),
    small && webp(compose(photo, small, frame, null).rgba, width, height, 4),
  ]);
  return { width, height, photo: first, overlay: second, cutout: third };
}

async function shrink(bytes: Uint8Array, side: number): Promise<Photo> {
  const small = (image: Sharp) =>
    image
      .autoOrient()
      .resize(side, side, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
  // sharp alone reads a JPEG straight into a small size; phones' HEIC it cannot read.
  const { data, info } = await small(sharp(bytes, { failOn: 'none' })).catch(async () => {
    const { photo } = await decode(bytes);
    return small(sharp(photo.rgb, { raw: { width: photo.width, height: photo.height, channels: 3 } }));
  });
  return { kind: 'photo', width: info.width, height: info.height, rgb: data };
}

async function shrinkMatte(matte: Matte, width: number, height: number): Promise<Matte> {
  const alpha = await sharp(matte.alpha, { raw: { width: matte.width, height: matte.height, channels: 1 } })
    .resize(width, height, { fit: 'fill' })
    .extractChannel(0)
    .raw()
    .toBuffer();
  return { kind: 'matte', width, height, alpha, box: { left: 0, top: 0, width, height } };
}

function webp(pixels: Uint8Array, width: number, height: number, channels: 3 | 4): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels } }).webp({ quality: 70, effort: 2 }).toBuffer();
}
