import sharp from 'sharp';
import { boundingBox } from '../lib/pipeline/box';
import type { Box, Photo, Size } from '../lib/raster';

/** One labelled photo of one person. Masks are bytes of the photo's size, 0 or 1. */
export interface Person {
  readonly id: string;
  readonly photo: Photo;
  readonly dress: Uint8Array;
  /** The person, dressed. */
  readonly person: Uint8Array;
}

/**
 * How people stand beside each other: whole photos; people who touch; people of whom each is before the one to the
 * left, by a tenth of the width.
 */
export const KINDS = ['apart', 'touching', 'overlapping'] as const;
export type Kind = (typeof KINDS)[number];

/** Height of the composite, pixels: every person is brought to it. */
const HEIGHT = 800;
/** By how much of the narrower person's width people overlap. */
const OVERLAP = 0.1;

/**
 * People side by side in one photo, and where the dress of each is to be seen.
 *
 * @returns `dresses` in the order of `people`, bytes of the photo's size, 0 or 1
 */
export async function compose(people: readonly Person[], kind: Kind): Promise<{ photo: Photo; dresses: Uint8Array[] }> {
  const pieces = await Promise.all(people.map((one) => pieceOf(one, kind === 'apart')));
  const lefts: number[] = [];
  let width = 0;
  for (const [i, piece] of pieces.entries()) {
    const before = pieces[i - 1];
    const over = kind === 'overlapping' && before ? Math.round(OVERLAP * Math.min(before.width, piece.width)) : 0;
    lefts.push(width - over);
    width += piece.width - over;
  }
  const photo: Photo = { kind: 'photo', width, height: HEIGHT, rgb: new Uint8Array(3 * width * HEIGHT) };
  const dresses = pieces.map(() => new Uint8Array(width * HEIGHT));
  for (const [i, piece] of pieces.entries()) {
    const left = lefts[i] as number;
    const end = i === 0 ? 0 : (lefts[i - 1] as number) + (pieces[i - 1] as Piece).width;
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < piece.width; x++) {
        const from = y * piece.width + x;
        const to = y * width + left + x;
        // Where somebody stands already, only the person comes before, not the ground around.
        if (left + x < end && piece.person[from] !== 1) continue;
        photo.rgb.set(piece.rgb.subarray(3 * from, 3 * from + 3), 3 * to);
        for (const [k, dress] of dresses.entries()) dress[to] = k === i ? (piece.dress[from] as number) : 0;
      }
    }
  }
  return { photo, dresses };
}

interface Piece extends Size {
  readonly rgb: Uint8Array;
  readonly dress: Uint8Array;
  readonly person: Uint8Array;
}

/** A photo, or the person's box in it, at the composite's height. */
async function pieceOf({ photo, dress, person }: Person, whole: boolean): Promise<Piece> {
  const { width, height } = photo;
  const all = { left: 0, top: 0, width, height };
  const box = boundingBox({ width, height, data: person }, 0) ?? all;
  // As high as the photo, so that nobody's head or feet are cut off; as wide as the person.
  const part: Box = whole ? all : { left: box.left, top: 0, width: box.width, height };
  const size = { width: Math.max(1, Math.round((part.width * HEIGHT) / part.height)), height: HEIGHT };
  const scaled = (mask: Uint8Array) =>
    sharp(mask, { raw: { width, height, channels: 1 } })
      .extract(part)
      .resize(size.width, size.height, { fit: 'fill', kernel: 'nearest' })
      .extractChannel(0)
      .raw()
      .toBuffer();
  const rgb = await sharp(photo.rgb, { raw: { width, height, channels: 3 } })
    .extract(part)
    .resize(size.width, size.height, { fit: 'fill', kernel: 'mitchell' })
    .raw()
    .toBuffer();
  return { ...size, rgb, dress: await scaled(dress), person: await scaled(person) };
}
