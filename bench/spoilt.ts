import sharp from 'sharp';
import { decode } from '../lib/pipeline/decode';

const LIGHT = [0.6, 1.35, 0.8, 1.2] as const;
const CASTS = [
  [1.12, 1, 0.86],
  [0.86, 1, 1.14],
  [1, 1, 1],
  [1.05, 0.97, 1],
] as const;

/**
 * A photo that the network knows, so that it is cut as badly as one that the network has never seen: mirrored, in other
 * light, blurred, compressed. Light, cast and what else is wrong with it are the same at every run.
 *
 * @param index of the photo in its list
 */
export async function spoilt(bytes: Uint8Array, index: number): Promise<Buffer> {
  const light = LIGHT[index % 4]!;
  const cast = CASTS[(index >> 2) % 4]!;
  const { photo } = await decode(bytes);
  const { width, height, rgb } = photo;
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .flop()
    .linear(
      cast.map((gain) => gain * light),
      [0, 0, 0],
    )
    .blur(0.8)
    .jpeg({ quality: 55 })
    .toBuffer();
}

/** A mask of a photo that was mirrored. */
export function mirrored(mask: Uint8Array, width: number): Uint8Array {
  return mask.map((_, i) => mask[i - 2 * (i % width) + width - 1]!);
}
