import type { Box, Photo, Plane, Probabilities, Size } from '../raster';
import { boundingBox, growBox, joinBoxes } from './box';
import { placesOf } from './places';

/**
 * The part of a photo that refinement works on, at its own, smaller scale. Working pixel (i, j) covers the
 * photo's square of `scale` x `scale` pixels whose upper left corner is (left + i * scale, top + j * scale).
 */
export interface Region {
  readonly left: number;
  readonly top: number;
  /** Photo pixels per working pixel, at least 1. */
  readonly scale: number;
  /** In working pixels. */
  readonly width: number;
  readonly height: number;
}

/** Strokes far from the dress make its region so many times as large, and no larger: from there on it gets coarser. */
const EXTENDED = 3;

/** What may be dress; fainter traces lie all over a street. */
const POSSIBLE = 0.3;

/**
 * The smallest box around whatever may be dress, in the network's pixels.
 * @returns `null` where no pixel is more dress than not
 */
export function dressBox({ dress, width, height }: Probabilities): Box | null {
  return dress.some((p) => p > 0.5) ? boundingBox({ width, height, data: dress }, POSSIBLE) : null;
}

/**
 * Where the dress may be, with room for GrabCut to see what is around it.
 *
 * @param limits `pixels` about how many working pixels the region may have, so that work on it is bounded, however
 *   large the photo and however near the dress; `room` on each side, as a share of the longer side of the dress's box
 * @param strokes the box around what somebody has drawn, which may lie where the network saw nothing; where the dress's
 *   region can be extended to it, it changes nothing
 * @returns `null` where no pixel is more dress than not, and nothing is drawn
 */
export function regionOf(
  photo: Photo,
  probabilities: Probabilities,
  { pixels, room }: { readonly pixels: number; readonly room: number },
  strokes: Box | null = null,
): Region | null {
  const seen = dressBox(probabilities);
  const dress = seen && boxInPhoto(seen, room, photo, probabilities);
  const alone = dress && regionIn(dress, pixels);
  if (strokes === null) return alone;
  const drawn = growBox(strokes, photo, Math.round(roomAround(dress, photo)));
  if (dress === null || alone === null) return regionIn(drawn, pixels);
  const { width, height } = extendRegion(alone, drawn);
  return width * height <= EXTENDED * pixels ? alone : regionIn(joinBoxes(dress, drawn), pixels);
}

function regionIn({ left, top, width, height }: Box, pixels: number): Region {
  const scale = Math.max(1, Math.sqrt((width * height) / pixels));
  return { left, top, scale, width: pixelsAcross(width, scale), height: pixelsAcross(height, scale) };
}

/**
 * A region with more pixels around it, so many that it holds a box; those that it had stay where they are.
 * @returns its corner may lie outside of the photo, by less than a working pixel
 */
export function extendRegion({ left, top, scale, width, height }: Region, box: Box): Region {
  const west = pixelsBetween(box.left, left, scale);
  const north = pixelsBetween(box.top, top, scale);
  const east = pixelsBetween(left + width * scale, box.left + box.width, scale);
  const south = pixelsBetween(top + height * scale, box.top + box.height, scale);
  return {
    left: left - west * scale,
    top: top - north * scale,
    scale,
    width: width + west + east,
    height: height + north + south,
  };
}

/** Working pixels that cover the photo from one place to another; none where they are not in order. */
const pixelsBetween = (from: number, to: number, scale: number): number =>
  Math.max(0, Math.ceil((to - from) / scale - 1e-9));

/** Room for a stroke to spread; where no dress is seen, the dress that it begins may be large. */
function roomAround(dress: Box | null, photo: Size): number {
  return dress === null ? 0.25 * Math.max(photo.width, photo.height) : 0.2 * Math.max(dress.width, dress.height);
}

/**
 * A box of the network's pixels as a box of the photo's, with room around it; never beyond what was looked at.
 * @param room on each side, as a share of the box's longer side
 */
export function boxInPhoto(box: Box, room: number, photo: Size, probabilities: Probabilities): Box {
  const seen = seenOf(photo, probabilities);
  const sx = seen.width / probabilities.width;
  const sy = seen.height / probabilities.height;
  const pad = room * Math.max(box.width * sx, box.height * sy);
  const left = seen.left + Math.max(0, Math.floor(box.left * sx - pad));
  const top = seen.top + Math.max(0, Math.floor(box.top * sy - pad));
  const right = seen.left + Math.min(seen.width, Math.ceil((box.left + box.width) * sx + pad));
  const bottom = seen.top + Math.min(seen.height, Math.ceil((box.top + box.height) * sy + pad));
  return { left, top, width: right - left, height: bottom - top };
}

/** The part of a photo that probabilities tell of. */
export function seenOf(photo: Size, { within }: Probabilities): Box {
  return within ?? { left: 0, top: 0, width: photo.width, height: photo.height };
}

/**
 * How many working pixels cover a stretch of the photo. What rounding adds to a quotient that is whole would put one
 * more behind the photo's edge; a thousandth of a millionth of a pixel is above any such rest and below any real one.
 */
const pixelsAcross = (stretch: number, scale: number): number => Math.max(1, Math.ceil(stretch / scale - 1e-9));

/** The photo's first column (or row) under each working one, and the end of the last; none lies outside of the photo. */
export function bordersOf(start: number, scale: number, count: number, end: number): Int32Array {
  const borders = new Int32Array(count + 1);
  for (let i = 0; i <= count; i++) borders[i] = Math.max(0, Math.min(end, Math.round(start + i * scale)));
  return borders;
}

/**
 * The photo inside a region at the region's scale, each working pixel the mean of the photo's pixels under it.
 * Beyond the photo's edge the edge is repeated.
 */
export function samplePhoto(photo: Photo, region: Region): Photo {
  const { width, height, scale } = region;
  const out = new Uint8Array(3 * width * height);
  const columns = bordersOf(region.left, scale, width, photo.width);
  const rows = bordersOf(region.top, scale, height, photo.height);
  for (let j = 0, o = 0; j < height; j++) {
    const y0 = Math.min(photo.height - 1, rows[j]!);
    const y1 = Math.max(y0 + 1, rows[j + 1]!);
    for (let i = 0; i < width; i++, o += 3) {
      const x0 = Math.min(photo.width - 1, columns[i]!);
      const x1 = Math.max(x0 + 1, columns[i + 1]!);
      let r = 0;
      let g = 0;
      let b = 0;
      for (let y = y0; y < y1; y++) {
        const end = 3 * (y * photo.width + x1);
        for (let p = 3 * (y * photo.width + x0); p < end; p += 3) {
          r += photo.rgb[p]!;
          g += photo.rgb[p + 1]!;
          b += photo.rgb[p + 2]!;
        }
      }
      const n = (y1 - y0) * (x1 - x0);
      out[o] = (r / n + 0.5) | 0;
      out[o + 1] = (g / n + 0.5) | 0;
      out[o + 2] = (b / n + 0.5) | 0;
    }
  }
  return { kind: 'photo', width, height, rgb: out };
}

/**
 * One of the network's planes inside a region, bilinear; probabilities are resampled, never class ids. They are 0 where
 * the network did not look.
 */
export function samplePlane(plane: Float32Array, from: Probabilities, photo: Size, region: Region): Plane {
  const { width, height, scale, left, top } = region;
  const out = new Float32Array(width * height);
  const seen = seenOf(photo, from);
  const sx = from.width / seen.width;
  const sy = from.height / seen.height;
  const across = placesOf(width, from.width, (i) => (left + (i + 0.5) * scale - seen.left) * sx - 0.5);
  const down = placesOf(height, from.height, (j) => (top + (j + 0.5) * scale - seen.top) * sy - 0.5);
  // Only strokes reach so far; a rest of a pixel behind the edge repeats the edge.
  const beyond = (at: number, start: number, length: number) => at < start - scale || at > start + length + scale;
  for (let j = 0, o = 0; j < height; j++) {
    const isBeyond = beyond(top + (j + 0.5) * scale, seen.top, seen.height);
    const y0 = down.first[j]! * from.width;
    const y1 = down.second[j]! * from.width;
    const fy = down.share[j]!;
    for (let i = 0; i < width; i++, o++) {
      if (isBeyond || beyond(left + (i + 0.5) * scale, seen.left, seen.width)) continue;
      const x0 = across.first[i]!;
      const x1 = across.second[i]!;
      const fx = across.share[i]!;
      const upper = plane[y0 + x0]! * (1 - fx) + plane[y0 + x1]! * fx;
      const lower = plane[y1 + x0]! * (1 - fx) + plane[y1 + x1]! * fx;
      out[o] = upper * (1 - fy) + lower * fy;
    }
  }
  return { width, height, data: out };
}
