import type { Photo } from '../raster';
import { bandOf } from './band';
import { guidedFilter } from './guided-filter';
import type { Region } from './region';

export interface EdgeSettings {
  /** Guided filter: window in working pixels, */
  readonly radius: number;
  /** and the contrast (of colours from 0 to 1, squared) below which an edge is no edge. */
  readonly epsilon: number;
  /** The filter leaves grey fog on both sides of an edge: alpha below this is none, above 1 minus this is all. */
  readonly fog: number;
}

/**
 * A small binary mask -> soft alpha at the photo's size. Away from the outline alpha is the mask; only in a
 * band around it are the filter's coefficients interpolated and applied to the photo's own pixels.
 *
 * @param rgb the photo inside the region at the working size
 * @param mask at the working size, bytes, 0 or 1
 * @param alpha `photo.width * photo.height` bytes, all 0; is written to inside the region
 */
export function followEdges(
  photo: Photo,
  region: Region,
  rgb: Uint8Array,
  mask: Uint8Array,
  { radius, epsilon, fog }: EdgeSettings,
  alpha: Uint8Array,
): void {
  const { width, height, scale, left, top } = region;
  const { red, green, blue, offset } = guidedFilter(rgb, mask, width, height, radius, epsilon);
  const band = bandOf(mask, width, height, 2 * radius);
  const stretch = 1 / (1 - 2 * fog);

  const columns = bordersOf(left, scale, width, photo.width);
  const rows = bordersOf(top, scale, height, photo.height);
  const across = placesOf(left, scale, width, columns[width] as number);
  for (let j = 0; j < height; j++) {
    for (let y = rows[j] as number; y < (rows[j + 1] as number); y++) {
      const v = Math.min(Math.max((y + 0.5 - top) / scale - 0.5, 0), height - 1);
      const y0 = Math.min(Math.floor(v), Math.max(0, height - 2));
      const fy = v - y0;
      const upper = y0 * width;
      const lower = height > 1 ? upper + width : upper;
      for (let i = 0; i < width; i++) {
        const start = y * photo.width + (columns[i] as number);
        const end = y * photo.width + (columns[i + 1] as number);
        if (band[j * width + i] === 0) {
          if (mask[j * width + i] === 1) alpha.fill(255, start, end);
          continue;
        }
        for (let o = start; o < end; o++) {
          const x = o - y * photo.width - left;
          const x0 = across.cells[x] as number;
          const x1 = Math.min(width - 1, x0 + 1);
          const fx = across.shares[x] as number;
          // Weights of the four working pixels around, bilinear.
          const wd = fx * fy;
          const wc = fy - wd;
          const wb = fx - wd;
          const wa = 1 - fx - wc;
          const a = upper + x0;
          const b = upper + x1;
          const c = lower + x0;
          const d = lower + x1;
          const seen =
            mix(red, a, b, c, d, wa, wb, wc, wd) * (photo.rgb[3 * o] as number) +
            mix(green, a, b, c, d, wa, wb, wc, wd) * (photo.rgb[3 * o + 1] as number) +
            mix(blue, a, b, c, d, wa, wb, wc, wd) * (photo.rgb[3 * o + 2] as number);
          const q = (seen / 255 + mix(offset, a, b, c, d, wa, wb, wc, wd) - fog) * stretch;
          alpha[o] = q <= 0 ? 0 : q >= 1 ? 255 : (q * 255 + 0.5) | 0;
        }
      }
    }
  }
}

/** The photo's first column (or row) under each working one, and the end of the last. */
function bordersOf(start: number, scale: number, count: number, end: number): Int32Array {
  return Int32Array.from({ length: count + 1 }, (_, i) => Math.min(end, Math.round(start + i * scale)));
}

/** For each of the photo's columns: the working column left of its centre, and how far it is to the next one. */
function placesOf(left: number, scale: number, width: number, end: number) {
  const cells = new Int32Array(end - left);
  const shares = new Float32Array(end - left);
  for (let x = 0; x < cells.length; x++) {
    const u = Math.min(Math.max((x + 0.5) / scale - 0.5, 0), width - 1);
    cells[x] = Math.min(Math.floor(u), Math.max(0, width - 2));
    shares[x] = u - (cells[x] as number);
  }
  return { cells, shares };
}

/** The weighted sum of four of a plane's values. */
function mix(
  plane: Float32Array,
  a: number,
  b: number,
  c: number,
  d: number,
  wa: number,
  wb: number,
  wc: number,
  wd: number,
): number {
  return (plane[a] as number) * wa + (plane[b] as number) * wb + (plane[c] as number) * wc + (plane[d] as number) * wd;
}
