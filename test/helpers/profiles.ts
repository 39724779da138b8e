import sharp from 'sharp';
import type { Rgb } from './pictures';

type Matrix = readonly [Rgb, Rgb, Rgb];

/** Columns are the primaries' XYZ under D50, as ICC profiles carry them. */
export const DISPLAY_P3: Matrix = [
  [0.51512, 0.29198, 0.1571],
  [0.2412, 0.69225, 0.06656],
  [0, 0.04182, 0.78308],
];
export const ADOBE_RGB: Matrix = [
  [0.60974, 0.20528, 0.14919],
  [0.31111, 0.62567, 0.06322],
  [0.01947, 0.06087, 0.74457],
];
/** XYZ under D50 to linear sRGB. */
const TO_SRGB: Matrix = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
];

/** An ICC profile with these primaries and sRGB's curve: sharp's own P3 profile with the primaries replaced. */
export async function profileWith(primaries: Matrix): Promise<Buffer> {
  const pixel = sharp({ create: { width: 1, height: 1, channels: 3, background: '#fff' } });
  const { icc } = await sharp(await pixel.withIccProfile('p3').png().toBuffer()).metadata();
  const profile = Buffer.from(icc!);
  for (const [column, tag] of ['rXYZ', 'gXYZ', 'bXYZ'].entries()) {
    const start = profile.readUInt32BE(profile.indexOf(tag) + 4);
    for (const [i, row] of primaries.entries())
      profile.writeInt32BE(Math.round(row[column]! * 65536), start + 8 + 4 * i);
  }
  return profile;
}

/** The textbook's answer: a colour given in these primaries with sRGB's curve, as 8-bit sRGB. */
export function inSrgb(colour: Rgb, primaries: Matrix): Rgb {
  const linear = colour.map((v) => (v <= 10.31 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  const times = (matrix: Matrix, v: readonly number[]) =>
    matrix.map((row) => row[0] * v[0]! + row[1] * v[1]! + row[2] * v[2]!);
  const out = times(TO_SRGB, times(primaries, linear)).map((v) => {
    const clipped = Math.min(1, Math.max(0, v));
    return Math.round(255 * (clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055));
  });
  return [out[0]!, out[1]!, out[2]!];
}

/** A PNG of these numbers with this profile attached, neither converted to the other. */
export async function pngWithProfile(png: Buffer, profile: Buffer): Promise<Buffer> {
  const { deflateSync, crc32 } = await import('node:zlib');
  const body = Buffer.concat([Buffer.from('iCCPtest\0\0', 'latin1'), deflateSync(profile)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  const afterHeader = 8 + 25;
  return Buffer.concat([png.subarray(0, afterHeader), chunk, png.subarray(afterHeader)]);
}
