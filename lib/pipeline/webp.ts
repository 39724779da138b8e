import type { Size } from '../raster';
import { vp8l } from './vp8l';

/** Of the extended format's header: some pixels are not opaque. */
const HAS_ALPHA = 0x10;
/** Of an `ALPH` chunk: without loss, not filtered. */
const LOSSLESS = 1;

/** A plane of 8-bit shades as a WebP file without loss. */
export function greyWebp(plane: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  return riff([chunk('VP8L', [vp8l(plane, width, 'grey')])]);
}

/** A plane of 8-bit alpha as `withAlpha` takes it. */
export const alphaChunk = (alpha: Uint8Array, width: number): Buffer =>
  chunk('ALPH', [Uint8Array.of(LOSSLESS), vp8l(alpha, width, 'alpha')]);

/**
 * A lossy WebP file with an alpha of its own (RFC 9649, 2.7).
 *
 * @param opaque a lossy WebP file of the same size, without alpha
 * @param alpha from `alphaChunk`
 */
export function withAlpha(opaque: Uint8Array, alpha: Buffer, { width, height }: Size): Uint8Array<ArrayBuffer> {
  const head = Buffer.alloc(10);
  head[0] = HAS_ALPHA;
  head.writeUIntLE(width - 1, 4, 3);
  head.writeUIntLE(height - 1, 7, 3);
  return riff([chunk('VP8X', [head]), alpha, chunk('VP8 ', [contentOf(opaque, 'VP8 ')])]);
}

/** @throws Error when there is no such chunk */
function contentOf(bytes: Uint8Array, name: string): Buffer {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 12; at + 8 <= file.length; ) {
    const length = file.readUInt32LE(at + 4);
    if (file.toString('latin1', at, at + 4) === name) return file.subarray(at + 8, at + 8 + length);
    at += 8 + length + (length & 1);
  }
  throw new Error(`a WebP file without ${name}`);
}

/** Named, measured, and filled up to an even length. */
function chunk(name: string, parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = Buffer.from(`${name}\0\0\0\0`, 'latin1');
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, ...parts, Buffer.alloc(length & 1)]);
}

function riff(chunks: readonly Buffer[]): Uint8Array<ArrayBuffer> {
  const length = chunks.reduce((sum, part) => sum + part.length, 4);
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(length, 4);
  const file = new Uint8Array(8 + length);
  let at = 0;
  for (const part of [head, ...chunks]) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
