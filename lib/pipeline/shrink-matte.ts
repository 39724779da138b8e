import type { Matte, Size } from '../raster';
import { boundingBox } from './box';
import { sharp } from './codec';

/** A matte at a smaller size, or its own; proportions are the caller's affair. */
export async function shrinkMatte(matte: Matte, { width, height }: Size): Promise<Matte> {
  if (width === matte.width && height === matte.height) return matte;
  const raw = { width: matte.width, height: matte.height, channels: 1 } as const;
  const data = await sharp(matte.alpha, { raw, limitInputPixels: false })
    .resize(width, height, { fit: 'fill', kernel: 'mitchell' })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  const alpha = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { kind: 'matte', width, height, alpha, box: boundingBox({ width, height, data: alpha }, 0) };
}
