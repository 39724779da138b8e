import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { gridOf, type HeifItem, heif, ispe, takeApart } from '../helpers/heif';
import { jpegWithProfile, longProfile } from '../helpers/long-profile';
import { pngChunk as chunk } from '../helpers/png-chunk';
import { webpOfCodes } from '../helpers/webp-of-codes';
import { dress } from './photos';

const create = (width: number, height: number) => ({ width, height, channels: 3 as const, background: '#a33' });
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const u16 = (...values: number[]) => Buffer.concat(values.map((value) => Buffer.from([value >> 8, value & 255])));
const little = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);

/** A progressive JPEG whose every scan is sent `count` times more: each costs a pass over all coefficients. */
async function manyScans(side: number, count: number): Promise<Buffer> {
  const whole = await sharp({ create: create(side, side) })
    .jpeg({ progressive: true })
    .toBuffer();
  const last = whole.lastIndexOf(Buffer.from([0xff, 0xda]));
  const scan = whole.subarray(last, -2);
  return Buffer.concat([whole.subarray(0, -2), ...Array(count).fill(scan), whole.subarray(-2)]);
}

/** A GIF of `frames` frames of one pixel on a screen of `side` x `side`. */
function manyFrames(side: number, frames: number): Buffer {
  const screen = Buffer.from([side & 255, side >> 8, side & 255, side >> 8, 0x80, 0, 0, 0, 0, 0, 255, 0, 0]);
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
  return Buffer.concat([Buffer.from('GIF89a'), screen, ...Array(frames).fill(frame), Buffer.from([0x3b])]);
}

/** A TIFF of `pages` pages that all show the same strip. */
function manyPages(pages: number): Buffer {
  const [width, height] = [64, 64];
  const tags: [number, number, number][] = [
    [256, 4, width],
    [257, 4, height],
    [258, 3, 8],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 4, height],
    [279, 4, width * height],
  ];
  const first = 8 + width * height;
  const length = 2 + 12 * tags.length + 4;
  const directory = (next: number) =>
    Buffer.concat([
      Buffer.from([tags.length, 0]),
      ...tags.map(([tag, type, value]) =>
        Buffer.concat([Buffer.from([tag & 255, tag >> 8, type, 0]), little(1, value)]),
      ),
      little(next),
    ]);
  const all = Array.from({ length: pages }, (_, i) => directory(i + 1 < pages ? first + (i + 1) * length : 0));
  return Buffer.concat([Buffer.from('II*\0'), little(first), Buffer.alloc(width * height, 99), ...all]);
}

/** A TIFF of one row a strip, `height` strips that are all the same one. */
function manyStrips(width: number, height: number): Buffer {
  const at = 8 + width;
  const tags: [number, number, number, number][] = [
    [256, 4, 1, width],
    [257, 4, 1, height],
    [258, 3, 1, 8],
    [259, 3, 1, 1],
    [262, 3, 1, 1],
    [273, 4, height, at + 2 + 12 * 9 + 4],
    [277, 3, 1, 1],
    [278, 4, 1, 1],
    [279, 4, height, at + 2 + 12 * 9 + 4 + 4 * height],
  ];
  const body = tags.map(([tag, type, count, value]) =>
    Buffer.concat([Buffer.from([tag & 255, tag >> 8, type, 0]), little(count, value)]),
  );
  const offsets = Buffer.from(new Uint32Array(height).fill(8).buffer);
  const counts = Buffer.from(new Uint32Array(height).fill(width).buffer);
  return Buffer.concat([
    Buffer.from('II*\0'),
    little(at),
    Buffer.alloc(width, 99),
    Buffer.from([9, 0]),
    ...body,
    little(0),
    offsets,
    counts,
  ]);
}

/** A PNG with `count` chunks of a type that inflate to `megabytes` each. */
async function pngBomb(type: 'zTXt' | 'iTXt' | 'iCCP', count: number, megabytes: number): Promise<Buffer> {
  const png = await sharp({ create: create(64, 64) })
    .png()
    .toBuffer();
  // Letters: a text ends at its first zero.
  const text = deflateSync(Buffer.alloc(megabytes * 1e6, 'a'), { level: 9 });
  const head = { zTXt: 'Comment\0\0', iTXt: 'Comment\0\x01\0\0\0', iCCP: 'icc\0\0' }[type];
  const bomb = chunk(type, Buffer.concat([Buffer.from(head, 'latin1'), text]));
  return Buffer.concat([png.subarray(0, 33), ...Array(count).fill(bomb), png.subarray(33)]);
}

/** A PNG of 16 bits, four channels and seven passes: eight bytes a pixel, and none can be done before the last pass. */
async function deepPng(width: number, height: number): Promise<Buffer> {
  const ihdr = Buffer.concat([u32(width), u32(height), Buffer.from([16, 6, 0, 0, 1])]);
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ];
  const bytes = passes.reduce((sum, [x = 0, y = 0, dx = 1, dy = 1]) => {
    const [w, h] = [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)];
    return sum + h * (1 + 8 * w);
  }, 0);
  const data = deflateSync(Buffer.alloc(bytes), { level: 1 });
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', ihdr), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

/** A JPEG with `count` application segments of 64 kB. */
async function manySegments(count: number, marker: number, text: string): Promise<Buffer> {
  const jpeg = await sharp({ create: create(64, 64) })
    .jpeg()
    .toBuffer();
  const segment = Buffer.concat([Buffer.from([0xff, marker]), u16(65_535), Buffer.from(text, 'latin1')]);
  const padded = Buffer.concat([segment, Buffer.alloc(65_537 - segment.length)]);
  return Buffer.concat([jpeg.subarray(0, 2), ...Array(count).fill(padded), jpeg.subarray(2)]);
}

/** A JPEG with `count` empty segments. */
async function emptySegments(count: number): Promise<Buffer> {
  const jpeg = await sharp({ create: create(64, 64) })
    .jpeg()
    .toBuffer();
  return Buffer.concat([
    jpeg.subarray(0, 2),
    Buffer.alloc(4 * count, Buffer.from([0xff, 0xe5, 0, 2])),
    jpeg.subarray(2),
  ]);
}

async function av1(width: number, height: number) {
  return takeApart(
    await sharp({ create: create(width, height) })
      .avif({ effort: 0 })
      .toBuffer(),
    'av1C',
  );
}

/** One AVIF picture that is sent `count` times: its header says nothing of it. */
async function repeatedPicture(side: number, count: number): Promise<Buffer> {
  const { config, coded } = await av1(side, side);
  const data = Buffer.concat(Array(count).fill(coded));
  return heif([{ type: 'av01', data, properties: [0, 1] }], [ispe(side, side), config], 'avif');
}

/** An AVIF grid of `columns` x `columns` tiles, each as large as the whole. */
async function tileGrid(side: number, columns: number): Promise<Buffer> {
  const { config, coded } = await av1(side, side);
  const tile: HeifItem = { type: 'av01', data: coded, properties: [0, 1] };
  const tiles = Array.from({ length: columns * columns }, (_, i) => i + 1);
  const whole: HeifItem = { type: 'grid', data: gridOf(columns, columns, side, side), properties: [0], tiles };
  return heif([whole, ...tiles.map(() => tile)], [ispe(side, side), config], 'avif');
}

/** The same as HEIC. */
function heicGrid(columns: number): Buffer {
  const { config, coded } = takeApart(readFileSync(join(__dirname, '..', 'fixtures', 'sample.heic')));
  const tile: HeifItem = { type: 'hvc1', data: coded, properties: [0, 1] };
  const tiles = Array.from({ length: columns * columns }, (_, i) => i + 1);
  const whole: HeifItem = { type: 'grid', data: gridOf(columns, columns, 160, 120), properties: [0], tiles };
  return heif([whole, ...tiles.map(() => tile)], [ispe(160, 120), config]);
}

/** An AVIF of `count` pictures laid over each other, each as large as the whole. */
async function overlay(side: number, count: number): Promise<Buffer> {
  const { config, coded } = await av1(side, side);
  const layer: HeifItem = { type: 'av01', data: coded, properties: [0, 1] };
  const tiles = Array.from({ length: count }, (_, i) => i + 1);
  const data = Buffer.concat([Buffer.from([0, 0]), u16(0, 0, 0, 0, side, side), Buffer.alloc(4 * count)]);
  const whole: HeifItem = { type: 'iovl', data, properties: [0], tiles };
  return heif([whole, ...tiles.map(() => layer)], [ispe(side, side), config], 'avif');
}

/** An AVIF of an ordinary picture with `count` gain maps beside it, each of 49 megapixels. */
async function gainMaps(count: number): Promise<Buffer> {
  const [small, large] = [await av1(500, 500), await av1(7000, 7000)];
  const base: HeifItem = { type: 'av01', data: small.coded, properties: [0, 1] };
  const map: HeifItem = { type: 'av01', data: large.coded, properties: [2, 3] };
  const maps = Array.from({ length: count }, (_, i) => i + 2);
  const tone: HeifItem = { type: 'tmap', data: Buffer.alloc(60), properties: [0], tiles: [0, ...maps] };
  const properties = [ispe(500, 500), small.config, ispe(7000, 7000), large.config];
  return heif([base, tone, ...maps.map(() => map)], properties, 'avif');
}

/** An animated PNG of `count` frames of one pixel. */
async function animatedPng(count: number): Promise<Buffer> {
  const png = await sharp({ create: create(64, 64) })
    .png()
    .toBuffer();
  const control = (at: number) =>
    chunk('fcTL', Buffer.concat([u32(at), u32(1), u32(1), u32(0), u32(0), u16(1, 10), Buffer.from([0, 0])]));
  const pixel = deflateSync(Buffer.alloc(4));
  const frames = Array.from({ length: count }, (_, i) => [
    control(2 * i + 1),
    chunk('fdAT', Buffer.concat([u32(2 * i + 2), pixel])),
  ]);
  const head = chunk('acTL', Buffer.concat([u32(count), u32(0)]));
  return Buffer.concat([
    png.subarray(0, 33),
    head,
    control(0),
    png.subarray(33, -12),
    ...frames.flat(),
    png.subarray(-12),
  ]);
}

/** A WebP that says more of itself than it shows: `type` of `bytes` bytes. */
async function webpChunk(type: 'ICCP' | 'EXIF' | 'XMP ', flag: number, bytes: number): Promise<Buffer> {
  const still = await sharp({ create: create(64, 64) })
    .webp()
    .toBuffer();
  const part = (name: string, data: Uint8Array) =>
    Buffer.concat([Buffer.from(name, 'latin1'), little(data.length), data]);
  const head = part('VP8X', Buffer.from([flag, 0, 0, 0, 63, 0, 0, 63, 0, 0]));
  const extra = part(type, Buffer.alloc(bytes, 65));
  const parts = type === 'ICCP' ? [head, extra, still.subarray(12)] : [head, still.subarray(12), extra];
  const body = Buffer.concat([Buffer.from('WEBP'), ...parts]);
  return Buffer.concat([Buffer.from('RIFF'), little(body.length), body]);
}

/** Entities that double at each step: a gigabyte of text. */
function svgOfEntities(): Buffer {
  const entities = Array.from({ length: 30 }, (_, i) => `<!ENTITY a${i + 1} "&a${i};&a${i};">`);
  return Buffer.from(
    `<!DOCTYPE svg [<!ENTITY a0 "a">${entities.join('')}]><svg xmlns="http://www.w3.org/2000/svg">&a30;</svg>`,
  );
}

/** An animated WebP whose frame is `side` x `side`, sent `count` times. */
async function animatedWebp(side: number, count: number): Promise<Buffer> {
  const still = await sharp({ create: create(side, side), limitInputPixels: false })
    .webp({ effort: 0, lossless: true })
    .toBuffer();
  const image = still.subarray(12);
  const le24 = (value: number) => Buffer.from([value & 255, (value >> 8) & 255, value >> 16]);
  const part = (type: string, data: Uint8Array) =>
    Buffer.concat([Buffer.from(type, 'latin1'), little(data.length), data]);
  const frame = part(
    'ANMF',
    Buffer.concat([le24(0), le24(0), le24(side - 1), le24(side - 1), le24(100), Buffer.from([0]), image]),
  );
  const body = Buffer.concat([
    Buffer.from('WEBP'),
    part('VP8X', Buffer.concat([Buffer.from([2, 0, 0, 0]), le24(side - 1), le24(side - 1)])),
    part('ANIM', Buffer.alloc(6)),
    ...Array(count).fill(frame),
  ]);
  return Buffer.concat([Buffer.from('RIFF'), little(body.length), body]);
}

/** Files that cost a decoder more than their size: each is cheap to make, and below the limits of bytes and pixels. */
export const HOSTILE_PHOTOS: Readonly<Record<string, () => Buffer | Promise<Buffer>>> = {
  'a JPEG of 3,000 scans': () => manyScans(3000, 3000),
  'a JPEG of 15 scans and 49 megapixels': () => manyScans(7000, 5),
  'a GIF of 500,000 frames': () => manyFrames(1000, 500_000),
  'a GIF of one pixel on 49 megapixels': () => manyFrames(7000, 1),
  'a TIFF of 60,000 pages': () => manyPages(60_000),
  'a TIFF of 780,000 strips': () => manyStrips(64, 780_000),
  'a PNG with 100 texts of 8 MB': () => pngBomb('zTXt', 100, 8),
  'a PNG with 1,000 texts of 7 MB': () => pngBomb('iTXt', 1000, 7),
  'a PNG with a profile of 1 GB': () => pngBomb('iCCP', 1, 1000),
  'a JPEG with a profile of 60,000 steps': async () => jpegWithProfile(dress(), await longProfile(60_000)),
  'an interlaced PNG of 49 megapixels and 64 bits': () => deepPng(7000, 7000),
  'a JPEG of 6 million segments': () => emptySegments(6_000_000),
  'a JPEG with 350 Exif segments': () => manySegments(350, 0xe1, 'Exif\0\0II*\0'),
  'a JPEG with 350 profile segments': () => manySegments(350, 0xe2, 'ICC_PROFILE\0\x01\x01'),
  'an AVIF that sends 12 megapixels 2,000 times': () => repeatedPicture(3500, 2000),
  'an AVIF of 2 x 2 tiles as large as itself': () => tileGrid(7000, 2),
  'an AVIF of 10 x 10 tiles as large as itself': () => tileGrid(4000, 10),
  'a HEIC of 100 x 100 tiles as large as itself': () => heicGrid(100),
  'an AVIF of 30 pictures over each other': () => overlay(7000, 30),
  'an AVIF with 3 gain maps of 49 megapixels': () => gainMaps(3),
  'an animated WebP of 49 megapixels': () => animatedWebp(7000, 100),
  'an animated PNG of 300,000 frames': () => animatedPng(300_000),
  'a WebP of 49 megapixels and 65,536 codes': () => webpOfCodes(7000, 4),
  'a WebP with a profile of 20 MB': () => webpChunk('ICCP', 0x20, 20_000_000),
  'a WebP with 20 MB of Exif': () => webpChunk('EXIF', 0x08, 20_000_000),
  'a WebP with 20 MB of XMP': () => webpChunk('XMP ', 0x04, 20_000_000),
  'a JPEG with 350 XMP segments': () => manySegments(350, 0xe1, 'http://ns.adobe.com/xap/1.0/\0'),
  'a JPEG with 350 IPTC segments': () => manySegments(350, 0xed, 'Photoshop 3.0\0'),
  'an SVG of entities': svgOfEntities,
};
