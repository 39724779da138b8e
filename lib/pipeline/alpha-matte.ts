import type { Mask, Matte, Photo, Plane } from '../raster';
import { boundaryOf } from './boundary';
import { boundingBox } from './box';
import { type FilterSettings, guidedFilter } from './guided-filter';
import type { Region } from './region';

export interface AlphaSettings extends FilterSettings {
  /** The filter leaves grey on both sides of an edge: alpha below this is none, above 1 minus this is all. */
  readonly clip: number;
}

/** A place between four pixels of a plane: their indices, and the bilinear weight of each. */
interface Place {
  a: number;
  b: number;
  c: number;
  d: number;
  wa: number;
  wb: number;
  wc: number;
  wd: number;
}

/**
 * A small binary mask -> soft alpha at the photo's size. Away from the outline alpha is the mask; only in a
 * strip around it are the filter's coefficients interpolated and applied to the photo's own pixels.
 *
 * @param working the photo inside the region, at the region's size
 * @param mask at the region's size
 */
export function alphaMatte(
  photo: Photo,
  region: Region,
  working: Photo,
  mask: Mask,
  { radius, epsilon, clip }: AlphaSettings,
): Matte {
  const alpha = new Uint8Array(photo.width * photo.height);
  const { width, height, scale, left, top } = region;
  const { red, green, blue, offset } = guidedFilter(working, mask, { radius, epsilon });
  const boundary = boundaryOf(mask, 2 * radius).data;
  const stretch = 1 / (1 - 2 * clip);

  const columns = bordersOf(left, scale, width, photo.width);
  const rows = bordersOf(top, scale, height, photo.height);
  const across = placesOf(left, scale, width, columns[width]!);
  const place: Place = { a: 0, b: 0, c: 0, d: 0, wa: 0, wb: 0, wc: 0, wd: 0 };
  for (let j = 0; j < height; j++) {
    for (let y = rows[j]!; y < rows[j + 1]!; y++) {
      const v = Math.min(Math.max((y + 0.5 - top) / scale - 0.5, 0), height - 1);
      const y0 = Math.min(Math.floor(v), Math.max(0, height - 2));
      const fy = v - y0;
      const upper = y0 * width;
      const lower = height > 1 ? upper + width : upper;
      for (let i = 0; i < width; i++) {
        const start = y * photo.width + columns[i]!;
        const end = y * photo.width + columns[i + 1]!;
        if (boundary[j * width + i] === 0) {
          if (mask.data[j * width + i] === 1) alpha.fill(255, start, end);
          continue;
        }
        for (let o = start; o < end; o++) {
          const x = o - y * photo.width - left;
          const x0 = across.cells[x]!;
          const x1 = Math.min(width - 1, x0 + 1);
          const fx = across.shares[x]!;
          place.a = upper + x0;
          place.b = upper + x1;
          place.c = lower + x0;
          place.d = lower + x1;
          place.wd = fx * fy;
          place.wc = fy - place.wd;
          place.wb = fx - place.wd;
          place.wa = 1 - fx - place.wc;
          const seen =
            valueAt(red, place) * photo.rgb[3 * o]! +
            valueAt(green, place) * photo.rgb[3 * o + 1]! +
            valueAt(blue, place) * photo.rgb[3 * o + 2]!;
          const q = (seen / 255 + valueAt(offset, place) - clip) * stretch;
          alpha[o] = q <= 0 ? 0 : q >= 1 ? 255 : (q * 255 + 0.5) | 0;
        }
      }
    }
  }
  return matteIn(region, { width: photo.width, height: photo.height, data: alpha });
}

/** A matte whose every alpha above 0 lies in a region, so that the rest is not looked at for its box. */
function matteIn(region: Region, { width, height, data }: Plane<Uint8Array>): Matte {
  const { left, top } = region;
  const right = Math.min(width, Math.ceil(left + region.width * region.scale));
  const bottom = Math.min(height, Math.ceil(top + region.height * region.scale));
  const within = { left, top, width: right - left, height: bottom - top };
  return { kind: 'matte', width, height, alpha: data, box: boundingBox({ width, height, data }, 0, within) };
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
    shares[x] = u - cells[x]!;
  }
  return { cells, shares };
}

/** The weighted sum of four of a plane's values. */
function valueAt(plane: Float32Array, { a, b, c, d, wa, wb, wc, wd }: Place): number {
  return plane[a]! * wa + plane[b]! * wb + plane[c]! * wc + plane[d]! * wd;
}
