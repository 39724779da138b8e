import type { Sharp } from 'sharp';
import type { Cutout, Size, Surround } from '../raster';
import { sharp } from './codec';

/** Of a picture that stands for itself. */
export const noSurround = ({ width, height }: Size): Surround => ({ width, height, left: 0, top: 0, colour: null });

/** Pixels as sharp's own. */
export const rawImage = (rgba: Uint8Array, { width, height }: Size): Sharp =>
  sharp(rgba, { raw: { width, height, channels: 4 }, limitInputPixels: false });

/** All of the picture. */
export function drawn(cutout: Cutout, { width, height, left, top, colour }: Surround): Sharp {
  if (cutout.width === width && cutout.height === height) return rawImage(cutout.rgba, cutout);
  return rawImage(cutout.rgba, cutout).extend({
    left,
    top,
    right: width - left - cutout.width,
    bottom: height - top - cutout.height,
    background: colour === null ? { r: 0, g: 0, b: 0, alpha: 0 } : { ...colour, alpha: 1 },
  });
}

/** Its alpha alone, as a plane. */
export function alphaOf(cutout: Cutout, { width, height, left, top, colour }: Surround): Uint8Array {
  const alpha = new Uint8Array(width * height);
  if (colour !== null) alpha.fill(255);
  for (let y = 0, o = 3; y < cutout.height; y++) {
    const start = (top + y) * width + left;
    for (let i = start; i < start + cutout.width; i++, o += 4) alpha[i] = cutout.rgba[o]!;
  }
  return alpha;
}
