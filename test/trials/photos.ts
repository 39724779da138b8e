import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { gridOf, heif, ispe, takeApart } from '../helpers/heif';

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

/** An AVIF whose picture is a grid of tiles, each as large as the whole picture. */
export async function tileGrid(side: number, columns: number): Promise<Buffer> {
  const create = { width: side, height: side, channels: 3 as const, background: '#a33' };
  const { config, coded } = takeApart(await sharp({ create }).avif({ effort: 0 }).toBuffer(), 'av1C');
  const tiles = Array.from({ length: columns * columns }, (_, i) => i + 1);
  const grid = { type: 'grid' as const, data: gridOf(columns, columns, side, side), properties: [0], tiles };
  const tile = { type: 'av01' as const, data: coded, properties: [0, 1] };
  return heif([grid, ...tiles.map(() => tile)], [ispe(side, side), config], 'avif');
}

/** The most pixels that are read, full of detail. */
export async function largest(format: 'png' | 'jpeg' | 'webp'): Promise<Buffer> {
  const [width, height] = [6200, 7900];
  return sharp(dress()).resize(width, height, { fit: 'fill', kernel: 'nearest' }).toFormat(format).toBuffer();
}
