import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

/** A dress of 1.6 megapixels. */
export const dress = (): Buffer => readFileSync(join(__dirname, '..', 'fixtures', 'dress.jpg'));

/** The same photo in a file of so many bytes: segments that no decoder looks into. */
export function padded(bytes: number): Buffer {
  const photo = dress();
  const parts: Buffer[] = [photo.subarray(0, 2)];
  for (let rest = bytes - photo.length; rest >= 4; ) {
    const length = Math.min(rest, 65_537);
    const head = Buffer.from([0xff, 0xef, 0, 0]);
    head.writeUInt16BE(length - 2, 2);
    parts.push(head, Buffer.alloc(length - 4));
    rest -= length;
  }
  return Buffer.concat([...parts, photo.subarray(2)]);
}

/** The most pixels that are read, full of detail. */
export async function largest(format: 'png' | 'jpeg' | 'webp'): Promise<Buffer> {
  const [width, height] = [6200, 7900];
  return sharp(dress()).resize(width, height, { fit: 'fill', kernel: 'nearest' }).toFormat(format).toBuffer();
}
