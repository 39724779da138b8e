import { DresscutError } from '../errors';
import { sharp } from './codec';

/** Colour primaries of ITU-T H.273 that phones write and that are not sRGB's. */
export const DISPLAY_P3 = 12;

/** sharp's own Display P3 profile, 480 bytes, for photos that name it by number. */
export async function displayP3(): Promise<Uint8Array> {
  const pixel = sharp({ create: { width: 1, height: 1, channels: 3, background: '#fff' } });
  const { icc } = await sharp(await pixel.withIccProfile('p3').png().toBuffer()).metadata();
  if (!icc) throw new DresscutError('internal', 'sharp carries no Display P3 profile.');
  return icc;
}

/**
 * The colour primaries (ITU-T H.273) that an AVIF names in a `colr` box of the kind `nclx`, or `null`.
 * @param bytes an AVIF; properties of pictures stand in its `meta` box
 */
export function primariesOf(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at);
    const end = size === 0 ? bytes.length : Math.min(bytes.length, at + size);
    if (size !== 0 && size < 8) return null;
    if (Buffer.from(bytes.buffer, bytes.byteOffset + at + 4, 4).toString('latin1') === 'meta') {
      const box = Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at);
      const found = box.indexOf('colrnclx', 0, 'latin1');
      return found < 0 || found + 10 > box.length ? null : box.readUInt16BE(found + 8);
    }
    at = end;
  }
  return null;
}
