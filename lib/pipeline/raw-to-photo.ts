import type { Photo } from '../raster';
import { sharp } from './codec';
import { type RawPixels, tiff } from './tiff';

/** Copies of so many rows are small beside the picture; fewer take longer, for each call of sharp costs milliseconds. */
const ROWS = 512;

/** Pixels to 8-bit sRGB by their profile, alpha laid over white, some rows at a time. @throws Error of sharp's */
export async function rawToPhoto(raw: RawPixels): Promise<Photo> {
  const { width, height, stride, data } = raw;
  const rgb = new Uint8Array(3 * width * height);
  const isDone = raw.icc === null && raw.channels === 3;
  for (let top = 0; top < height; top += ROWS) {
    const rows = Math.min(ROWS, height - top);
    const strip = { ...raw, height: rows, data: data.subarray(top * stride, (top + rows) * stride) };
    if (isDone) copyRows(strip, rgb, 3 * width * top);
    else rgb.set(await convert(strip), 3 * width * top);
  }
  return { kind: 'photo', width, height, rgb };
}

function copyRows({ width, height, stride, data }: RawPixels, rgb: Uint8Array, at: number): void {
  for (let y = 0; y < height; y++) rgb.set(data.subarray(y * stride, y * stride + 3 * width), at + 3 * width * y);
}

async function convert(strip: RawPixels): Promise<Uint8Array> {
  const image = sharp(tiff(strip), { failOn: 'error', limitInputPixels: false });
  if (strip.channels === 4) image.flatten({ background: '#fff' });
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`expected 3 channels, received ${info.channels}`);
  return data;
}
