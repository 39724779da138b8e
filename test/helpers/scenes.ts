import type { Matte, Photo, Probabilities } from '../../lib/raster';
import type { Rgb } from './pictures';

// Taken out once: inside jest each look at a global costs more than the arithmetic.
const { hypot, imul, max, min, round } = Math;

export const RED: Rgb = [196, 40, 52];
export const GREEN: Rgb = [58, 150, 70];

/** What stands at a pixel. */
type At<T> = (x: number, y: number) => T;

/** A photo, pixel by pixel. */
export function paint(width: number, height: number, at: At<Rgb>): Photo {
  const rgb = new Uint8Array(3 * width * height);
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++, o += 3) {
      const [r, g, b] = at(x, y);
      rgb[o] = r;
      rgb[o + 1] = g;
      rgb[o + 2] = b;
    }
  }
  return { kind: 'photo', width, height, rgb };
}

/** Grain of a few levels, the same at every run, so that no side of a picture is one single colour. */
export function grainy(photo: Photo, levels = 10): Photo {
  let seed = 7;
  const rgb = new Uint8Array(photo.rgb.length);
  for (let i = 0; i < rgb.length; i++) {
    seed = (imul(seed, 1103515245) + 12345) & 0x7fffffff;
    rgb[i] = min(255, max(0, photo.rgb[i]! + ((seed >> 16) % (2 * levels + 1)) - levels));
  }
  return { ...photo, rgb };
}

/** One byte a pixel. */
export function bytesOf(width: number, height: number, at: At<number>): Uint8Array {
  const out = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++, i++) out[i] = at(x, y);
  return out;
}

/** One float a pixel. */
export function floatsOf(width: number, height: number, at: At<number>): Float32Array {
  const out = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++, i++) out[i] = at(x, y);
  return out;
}

/** What a network would say; background is what dress and skin leave. */
export function probabilitiesOf(
  width: number,
  height: number,
  dressAt: At<number>,
  skinAt: At<number> = () => 0,
  presence = 1,
): Probabilities {
  const dress = floatsOf(width, height, dressAt);
  const skin = floatsOf(width, height, skinAt);
  const background = dress.map((p, i) => 1 - p - skin[i]!);
  return { kind: 'probabilities', width, height, background, skin, dress, presence, turned: 0 };
}

/** A matte with its box found the plain way. */
export function matteOf(width: number, height: number, at: At<number>): Matte {
  const alpha = bytesOf(width, height, at);
  return { kind: 'matte', width, height, alpha, box: plainBox(alpha, width, height) };
}

/** The smallest box around every value above 0, looked for without any cleverness. */
export function plainBox(alpha: ArrayLike<number>, width: number, height: number): Matte['box'] {
  const columns: number[] = [];
  const rows: number[] = [];
  for (let i = 0; i < width * height; i++) {
    if (alpha[i]! > 0) {
      columns.push(i % width);
      rows.push((i - (i % width)) / width);
    }
  }
  if (rows.length === 0) return null;
  const [left, right] = [columns.reduce((a, b) => min(a, b)), columns.reduce((a, b) => max(a, b))];
  const [top, bottom] = [rows.reduce((a, b) => min(a, b)), rows.reduce((a, b) => max(a, b))];
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** How far inside (positive) or outside a disc a place of the unit square lies, in units of the shorter side. */
export function insideDisc(width: number, height: number, radius: number, shiftX = 0, shiftY = 0): At<number> {
  const side = min(width, height);
  return (x, y) => radius - hypot(x + 0.5 - width / 2 - shiftX * side, y + 0.5 - height / 2 - shiftY * side) / side;
}

/** A red disc on green grass, with grain. */
export function discPhoto(width: number, height: number, radius = 0.3): Photo {
  const inside = insideDisc(width, height, radius);
  return grainy(paint(width, height, (x, y) => (inside(x, y) > 0 ? RED : GREEN)));
}

/** 1 where the disc of `discPhoto` is. */
export function discTruth(width: number, height: number, radius = 0.3): Uint8Array {
  const inside = insideDisc(width, height, radius);
  return bytesOf(width, height, (x, y) => (inside(x, y) > 0 ? 1 : 0));
}

/** The disc as a network sees it: sure inside and outside, a ramp `blur` of the shorter side wide at the outline. */
export function discProbabilities(
  photo: { width: number; height: number },
  { radius = 0.3, blur = 0.04, shiftX = 0, shiftY = 0, longest = 384 } = {},
): Probabilities {
  const scale = longest / max(photo.width, photo.height);
  const width = max(16, round(photo.width * scale));
  const height = max(16, round(photo.height * scale));
  const inside = insideDisc(width, height, radius, shiftX, shiftY);
  return probabilitiesOf(width, height, (x, y) => min(0.98, max(0.01, 0.5 + inside(x, y) / blur)));
}
