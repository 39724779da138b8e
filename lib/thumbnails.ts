import type { Found } from './find';
import { sharp } from './pipeline/codec';
import { compose, overlay } from './pipeline/compose';
import { resize } from './pipeline/resize';
import type { Matte } from './raster';

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
 * Thumbnails of a photo and of what was found in it.
 *
 * @param side the longest side of the thumbnails, pixels; never larger than the photo
 */
export async function makeThumbnails(
  { photo: full, matte }: Pick<Found, 'photo' | 'matte'>,
  side: number,
): Promise<Thumbnails> {
  const scale = Math.min(1, side / Math.max(full.width, full.height));
  const [width, height] = [full.width, full.height].map((length) => Math.max(1, Math.round(length * scale))) as [
    number,
    number,
  ];
  const frame = { left: 0, top: 0, width, height };
  const photo = await resize(full, width, height);
  const small = matte === null ? null : await shrinkMatte(matte, width, height);
  const [first, second, third] = await Promise.all([
    webp(photo.rgb, width, height, 3),
    small && webp(overlay(photo, small, frame).rgb, width, height, 3),
    small && webp(compose(photo, small, frame, null).rgba, width, height, 4),
  ]);
  return { width, height, photo: first, overlay: second, cutout: third };
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
