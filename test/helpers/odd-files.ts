import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { heif, irot, ispe, takeApart } from './heif';
import { writeJpeg } from './jpeg-writer';
import { QUARTERS, quarters, type Rgb } from './pictures';
import { pngChunk as chunk } from './png-chunk';
import { DISPLAY_P3, inSrgb, pngWithProfile, profileWith } from './profiles';
import { retagged } from './retagged-tiff';

/** One file of an odd kind, or a plain one beside them. */
export interface OddFile {
  readonly name: string;
  readonly make: () => Buffer | Promise<Buffer>;
  /** The four quarters of its picture, upright and in sRGB; left out: `QUARTERS`. */
  readonly colours?: readonly Rgb[];
}

const SAMPLE = readFileSync(join(__dirname, '../fixtures/sample.heic'));
const END = Buffer.from([0xff, 0xd9]);
/** What Samsung's phones put behind a panorama: a block, and a directory of it. */
export const SAMSUNG_TRAILER = Buffer.concat([
  Buffer.from([0, 0, 1, 10, 18, 0, 0, 0]),
  Buffer.from('Panorama_Shot_Info{"angle":180}SEFH'),
  Buffer.from([105, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 10, 39, 0, 0, 0, 39, 0, 0, 0, 24, 0, 0, 0]),
  Buffer.from('SEFT'),
]);

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
const jpeg = (image: Sharp = quarters()) => image.jpeg({ quality: 95 }).toBuffer();
const share = (file: Buffer, part: number) => file.subarray(0, Math.floor(part * file.length));
const cut = async () => share(await jpeg(), 0.9);
const openEnded = async (more: Buffer) => Buffer.concat([(await jpeg()).subarray(0, -2), more]);

async function photo() {
  const rgb = await quarters().raw().toBuffer();
  return { kind: 'photo', width: 160, height: 120, rgb } as const;
}

function grey([r, g, b]: Rgb): Rgb {
  const linear = (value: number) => (value / 255) ** 2.2;
  const level = Math.round(255 * (0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)) ** (1 / 2.2));
  return [level, level, level];
}

/** Bytes put before a segment of a JPEG. */
function insert(file: Buffer, marker: number, bytes: readonly number[]): Buffer {
  const at = file.indexOf(Buffer.from([0xff, marker]));
  return Buffer.concat([file.subarray(0, at), Buffer.from(bytes), file.subarray(at)]);
}

/** A segment of a JPEG with other bytes from its marker on; what is undefined stays. */
function changed(file: Buffer, marker: number, bytes: readonly (number | undefined)[]): Buffer {
  const at = file.indexOf(Buffer.from([0xff, marker])) + 1;
  bytes.forEach((byte, i) => {
    if (byte !== undefined) file[at + i] = byte;
  });
  return file;
}

/** Chunks put behind the signature of a PNG, or behind its header. */
const withChunks = (png: Buffer, chunks: Buffer, at = 8) =>
  Buffer.concat([png.subarray(0, at), chunks, png.subarray(at)]);

/** An animation of one frame whose still picture is its first (W3C, PNG third edition, 11.3.6). */
function animated(png: Buffer): Buffer {
  const frame = Buffer.alloc(26);
  frame.writeUInt32BE(160, 4);
  frame.writeUInt32BE(120, 8);
  return withChunks(
    png,
    Buffer.concat([chunk('acTL', Buffer.from([0, 0, 0, 1, 0, 0, 0, 0])), chunk('fcTL', frame)]),
    33,
  );
}

function flipped(png: Buffer): Buffer {
  const at = png.indexOf('IDAT') + 40;
  png[at] = (png[at] ?? 0) ^ 1;
  return png;
}

/** The value of each quarter in a grey PNG of so many bits. */
const steps = (bits: number) => [0, 1, 2, 3].map((i) => (bits === 1 ? i % 2 : Math.round((i / 3) * (2 ** bits - 1))));
const greySteps = (bits: number): Rgb[] =>
  steps(bits).map((step) => {
    const level = Math.round((255 * step) / (2 ** bits - 1));
    return [level, level, level];
  });

function greyPng(bits: number): Buffer {
  const [width, height] = [160, 120];
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bits;
  const rows = Array.from({ length: height }, (_, y) => {
    const values = Array.from(
      { length: width },
      (_, x) => steps(bits)[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)]!,
    );
    const line = values.map((value) => value.toString(2).padStart(bits, '0')).join('');
    return Buffer.from([0, ...line.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2))]);
  });
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const pixels = chunk('IDAT', deflateSync(Buffer.concat(rows)));
  return Buffer.concat([signature, chunk('IHDR', header), pixels, chunk('IEND', Buffer.alloc(0))]);
}

/** Two frames, the second one negative. */
async function film(format: 'gif' | 'webp'): Promise<Buffer> {
  const frames = await Promise.all([quarters(), quarters().negate()].map((frame) => frame.png().toBuffer()));
  return sharp(frames, { join: { animated: true } })
    .toFormat(format, { lossless: true })
    .toBuffer();
}

async function fax(): Promise<Buffer> {
  const lit = (x: number, y: number) => (x < 80 === y < 60 ? 255 : 0);
  const pixels = Buffer.from(Array.from({ length: 160 * 120 }, (_, i) => lit(i % 160, Math.floor(i / 160))));
  const image = sharp(pixels, { raw: { width: 160, height: 120, channels: 1 } }).toColourspace('b-w');
  return image.tiff({ compression: 'ccittfax4', bitdepth: 1 }).toBuffer();
}

function branded(file: Buffer, brand: string): Buffer {
  const copy = Buffer.from(file);
  copy.write(brand, 8, 'latin1');
  return copy;
}

function turnedHeic(): Buffer {
  const { config, coded } = takeApart(SAMPLE);
  return heif([{ type: 'hvc1', data: coded, properties: [0, 1, 2] }], [ispe(160, 120), config, irot(1)]);
}

/** A file of every kind that is read or refused for a reason of its own. */
export const ODD_FILES: readonly OddFile[] = [
  { name: 'JPEG', make: () => jpeg() },
  { name: 'JPEG, progressive', make: () => quarters().jpeg({ quality: 95, progressive: true }).toBuffer() },
  { name: 'JPEG, grey', make: () => jpeg(quarters().greyscale()), colours: QUARTERS.map(grey) },
  { name: 'JPEG, 4:2:2 with restart markers', make: async () => writeJpeg(await photo(), { across: 2, restart: 3 }) },
  { name: 'JPEG, turned by its Exif tag', make: () => jpeg(quarters().rotate(-90).withMetadata({ orientation: 6 })) },
  { name: 'JPEG, stray bytes in its header', make: async () => insert(await jpeg(), 0xc0, [0, 1, 2]) },
  { name: 'JPEG, fill bytes between segments', make: async () => insert(await jpeg(), 0xdb, [0xff, 0xff, 0xff]) },
  { name: 'JPEG, two beginnings', make: async () => insert(await jpeg(), 0xdb, [0xff, 0xd8]) },
  { name: 'JPEG, no end marker', make: async () => (await jpeg()).subarray(0, -2) },
  { name: 'JPEG, zeros, no end marker', make: () => openEnded(Buffer.alloc(3000)) },
  { name: 'JPEG, Samsung trailer, no end marker', make: () => openEnded(SAMSUNG_TRAILER) },
  { name: 'JPEG, another JPEG, no end marker', make: async () => openEnded(await jpeg()) },
  {
    name: 'JPEG, a film behind its end',
    make: async () => Buffer.concat([await jpeg(), Buffer.from('\0\0\0\x18ftypmp42')]),
  },
  { name: 'JPEG, cut at 90 %', make: () => cut() },
  { name: 'JPEG, cut and closed again', make: async () => Buffer.concat([await cut(), END]) },
  {
    name: 'JPEG, cut, filled with zeros, closed',
    make: async () => Buffer.concat([await cut(), Buffer.alloc(3000), END]),
  },
  { name: 'JPEG, cut, another JPEG behind', make: async () => Buffer.concat([await cut(), await jpeg()]) },
  { name: 'JPEG, unknown bytes, no end marker', make: () => openEnded(Buffer.alloc(3000, 7)) },
  { name: 'JPEG of 12 bits', make: async () => changed(await jpeg(), 0xc0, [0xc1, undefined, undefined, 12]) },
  { name: 'JPEG, lossless', make: async () => changed(await jpeg(), 0xc0, [0xc3]) },
  { name: 'JPEG, its bytes made text', make: async () => Buffer.from((await jpeg()).toString('latin1'), 'utf8') },
  { name: 'PNG', make: () => quarters().png().toBuffer() },
  ...([1, 2, 4, 8, 16] as const).map((bits) => ({
    name: `PNG, grey, ${bits} ${bits === 1 ? 'bit' : 'bits'}`,
    make: () => greyPng(bits),
    colours: greySteps(bits),
  })),
  { name: 'PNG, palette', make: () => quarters().png({ palette: true, colours: 4 }).toBuffer() },
  { name: 'PNG, interlaced', make: () => quarters().png({ progressive: true }).toBuffer() },
  { name: 'PNG, animated', make: async () => animated(await quarters().png().toBuffer()) },
  {
    name: 'PNG, Display P3',
    make: async () => pngWithProfile(await quarters().png().toBuffer(), await profileWith(DISPLAY_P3)),
    colours: QUARTERS.map((colour) => inSrgb(colour, DISPLAY_P3)),
  },
  { name: 'PNG, one bit of its pixels changed', make: async () => flipped(await quarters().png().toBuffer()) },
  {
    name: 'PNG for iOS',
    make: async () => withChunks(await quarters().png().toBuffer(), chunk('CgBI', Buffer.from([0x50, 0, 0x20, 6]))),
  },
  { name: 'WebP, lossy', make: () => quarters().webp({ quality: 95 }).toBuffer() },
  { name: 'WebP, lossless', make: () => quarters().webp({ lossless: true }).toBuffer() },
  { name: 'WebP, animated', make: () => film('webp') },
  { name: 'WebP, cut at 60 %', make: async () => share(await quarters().webp({ quality: 95 }).toBuffer(), 0.6) },
  { name: 'AVIF', make: () => quarters().avif({ quality: 90, effort: 0 }).toBuffer() },
  {
    name: 'AVIF, the brand of an animation',
    make: async () => branded(await quarters().avif({ quality: 90, effort: 0 }).toBuffer(), 'avis'),
  },
  { name: 'GIF, animated', make: () => film('gif') },
  { name: 'TIFF, LZW', make: () => quarters().tiff({ compression: 'lzw' }).toBuffer() },
  { name: 'TIFF, JPEG', make: () => quarters().tiff({ compression: 'jpeg', quality: 95 }).toBuffer() },
  { name: 'TIFF, CCITT group 4', make: () => fax(), colours: [WHITE, BLACK, BLACK, WHITE] },
  { name: 'TIFF, LZMA', make: () => retagged([259, 259, 34_925]) },
  { name: 'TIFF, old-style JPEG', make: () => retagged([259, 259, 6]) },
  { name: 'HEIC', make: () => SAMPLE },
  { name: 'HEIC, turned', make: () => turnedHeic(), colours: [1, 3, 0, 2].map((i) => QUARTERS[i]!) },
  { name: 'HEIF, compact', make: () => branded(SAMPLE, 'mif3') },
  {
    name: 'HEIF, uncompressed',
    make: () => heif([{ type: 'unci', data: Buffer.alloc(99), properties: [0] }], [ispe(64, 64)]),
  },
  { name: 'BMP', make: () => Buffer.concat([Buffer.from('BM'), Buffer.alloc(200)]) },
  { name: 'PDF', make: () => Buffer.from('%PDF-1.7 and so on') },
  { name: 'an empty file', make: () => Buffer.alloc(0) },
];
