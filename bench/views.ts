import sharp from 'sharp';
import type { Found } from '../lib/find';

/** Numbers from 0 to 1 that look like chance and are the same for the same seed. */
function chance(seed: string): () => number {
  let state = 7;
  for (const letter of seed) state = (Math.imul(state, 31) + letter.charCodeAt(0)) | 0;
  const next = () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 3; i++) next();
  return next;
}

/**
 * The photo as another camera might have taken it: cropped by up to 15 % a side, half of them mirrored, at 0.45 to 1 of
 * its size, in 0.6 to 1.45 times the light, with casts of up to 12 %, other contrast, and JPEG quality 45 to 92.
 */
export async function disturbed(photo: Buffer, seed: string): Promise<Buffer> {
  const next = chance(seed);
  const between = (low: number, high: number) => low + (high - low) * next();
  const { width = 0, height = 0 } = await sharp(photo).metadata();
  const left = Math.round(between(0, 0.15) * width);
  const top = Math.round(between(0, 0.08) * height);
  const part = {
    left,
    top,
    width: Math.round(width - left - between(0, 0.15) * width),
    height: Math.round(height - top - between(0, 0.08) * height),
  };
  const light = Math.exp(between(Math.log(0.6), Math.log(1.45)));
  const [cast, tint, gamma] = [between(-0.12, 0.12), between(-0.05, 0.05), between(0.85, 1.2)];
  const gains = [light * (1 + cast), light * (1 + tint), light * (1 - cast)];
  const cropped = sharp(photo).extract(part);
  const seen = next() < 0.5 ? cropped.flop() : cropped;
  const { data, info } = await seen
    .resize(Math.round(part.width * between(0.45, 1)))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const rgb = data.map((value, i) => Math.min(255, Math.round((value / 255) ** gamma * 255 * (gains[i % 3] ?? 1))));
  return sharp(rgb, { raw: { width: info.width, height: info.height, channels: 3 } })
    .jpeg({ quality: Math.round(between(45, 92)) })
    .toBuffer();
}

/** The person of one photo before the sides of another, where nobody stands. */
export async function elsewhere({ photo, probabilities }: Found, other: Buffer): Promise<Buffer> {
  const { width, height, rgb } = photo;
  const whole = probabilities.whole ?? probabilities;
  // Sure of the person: all of it; sure of the background: nothing.
  const shares = Uint8Array.from(whole.background, (p) => Math.round(255 * Math.min(1, Math.max(0, 1.5 - 2 * p))));
  const alpha = await sharp(shares, { raw: { width: whole.width, height: whole.height, channels: 1 } })
    .resize(width, height, { fit: 'fill' })
    .extractChannel(0)
    .raw()
    .toBuffer();
  const person = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .joinChannel(alpha, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
  const scene = await sharp({ create: { width, height, channels: 3, background: 'grey' } })
    .composite(await sidesOf(other, width, height))
    .png()
    .toBuffer();
  return sharp(scene)
    .blur(1.5)
    .composite([{ input: person }])
    .removeAlpha()
    .png()
    .toBuffer();
}

async function sidesOf(other: Buffer, width: number, height: number) {
  const mirrored = await sharp(other).removeAlpha().flop().toBuffer();
  const size = await sharp(mirrored).metadata();
  const side = Math.floor(size.width * 0.28);
  const half = (left: number) =>
    sharp(mirrored)
      .extract({ left, top: 0, width: side, height: size.height })
      .resize(Math.ceil(width / 2), height, { fit: 'fill' })
      .png()
      .toBuffer();
  return [
    { input: await half(0), left: 0, top: 0 },
    { input: await half(size.width - side), left: Math.floor(width / 2), top: 0 },
  ];
}
