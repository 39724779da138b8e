import type { Colour } from '../colour';
import type { CutOutOptions } from '../options';
import type { Box, Cutout, Matte, Photo } from '../raster';
import { growBox, wholeOf } from './box';
import { crop } from './crop';
import { foregroundColour } from './foreground-colour';
import { borrow } from './scratch';

/** The overlay's colour: no dress is quite this pink. */
const TINT: Colour = { r: 255, g: 0, b: 110 };
const TINT_SHARE = 0.45;
/** Alpha 255 in a little-endian word of RGBA. */
const OPAQUE = 0xff << 24;

/**
 * The part of the photo that goes out.
 *
 * @returns the whole frame, or the dress with `margin` times its longer side around it, inside the photo
 */
export function frameOf(matte: Matte, { crop, margin }: Pick<CutOutOptions, 'crop' | 'margin'>): Box {
  const { box } = matte;
  if (!crop || box === null) return wholeOf(matte);
  return growBox(box, matte, Math.round(margin * Math.max(box.width, box.height)));
}

/**
 * The dress without its background: RGBA with a soft edge, the old background's colour taken out of the
 * edge's pixels, RGB zero where alpha is zero. With a background colour the result is opaque.
 */
export function compose(photo: Photo, matte: Matte, frame: Box, background: Colour | null): Cutout {
  const { width, height } = frame;
  const rgba = borrow(4 * width * height);
  const words = new Uint32Array(rgba.buffer, 0, width * height);
  const blank = background === null ? 0 : word(background);
  if (blank !== 0) words.fill(blank);
  const within = matte.box;
  if (within === null) return { kind: 'cutout', width, height, rgba };

  const colour = foregroundColour(photo, matte, growBox(within, photo, 8));
  const bottom = Math.min(frame.top + height, within.top + within.height);
  const right = Math.min(frame.left + width, within.left + within.width);
  for (let y = Math.max(frame.top, within.top); y < bottom; y++) {
    const row = y * photo.width;
    const start = Math.max(frame.left, within.left);
    for (let x = start, o = 4 * ((y - frame.top) * width + start - frame.left); x < right; x++, o += 4) {
      const alpha = matte.alpha[row + x]!;
      if (alpha === 0) continue;
      if (alpha === 255) {
        const p = 3 * (row + x);
        words[o >> 2] = photo.rgb[p]! | (photo.rgb[p + 1]! << 8) | (photo.rgb[p + 2]! << 16) | OPAQUE;
        continue;
      }
      colour(x, y, alpha, rgba, o);
      rgba[o + 3] = background === null ? alpha : 255;
      if (background !== null) blend(rgba, o, background, alpha / 255);
    }
  }
  return { kind: 'cutout', width, height, rgba };
}

/** The photo with the dress tinted and outlined, for people to look at. */
export function overlay(photo: Photo, matte: Matte, frame: Box): Photo {
  const { left, top, width, height } = frame;
  const rgb = crop(photo.rgb, photo.width, frame, 3);
  const line = Math.max(1, Math.round(Math.max(width, height) / 500));
  const inside = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < matte.width && y < matte.height && matte.alpha[y * matte.width + x]! > 127;
  for (let y = top; y < top + height; y++) {
    const row = y * matte.width;
    for (let x = left, o = 3 * (y - top) * width; x < left + width; x++, o += 3) {
      const alpha = matte.alpha[row + x]!;
      if (alpha === 0) continue;
      const outline =
        inside(x, y) && !(inside(x - line, y) && inside(x + line, y) && inside(x, y - line) && inside(x, y + line));
      blend(rgb, o, TINT, outline ? 0 : 1 - (TINT_SHARE * alpha) / 255);
    }
  }
  return { kind: 'photo', width, height, rgb };
}

/** The colour that stands at `o`, `share` of it, over `colour`. */
function blend(pixels: Uint8Array, o: number, colour: Colour, share: number): void {
  pixels[o] = pixels[o]! * share + colour.r * (1 - share) + 0.5;
  pixels[o + 1] = pixels[o + 1]! * share + colour.g * (1 - share) + 0.5;
  pixels[o + 2] = pixels[o + 2]! * share + colour.b * (1 - share) + 0.5;
}

/** A colour as one little-endian word of opaque RGBA. */
function word({ r, g, b }: Colour): number {
  return new Uint32Array(Uint8Array.of(r, g, b, 255).buffer)[0]!;
}

/** The part of a matte inside a frame. */
export function cropMatte(matte: Matte, frame: Box): Matte {
  const { left, top, width, height } = frame;
  if (width === matte.width && height === matte.height) return matte;
  const alpha = crop(matte.alpha, matte.width, frame);
  const box = matte.box && { ...matte.box, left: matte.box.left - left, top: matte.box.top - top };
  return { kind: 'matte', width, height, alpha, box };
}
