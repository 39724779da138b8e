import type { Box, Mask, Matte, Photo } from '../raster';
import { boundaryOf } from './boundary';
import { boundingBox, joinBoxes } from './box';
import { type Coefficients, type FilterSettings, guidedFilter } from './guided-filter';
import { type Places, placesOf } from './places';
import { bordersOf, type Region } from './region';

export interface AlphaSettings extends FilterSettings {
  /** The filter leaves grey on both sides of an edge: alpha below this is none, above 1 minus this is all. */
  readonly clip: number;
}

/** Working pixels of one row, `end` not among them: those near the outline, or those well inside of it. */
interface Span {
  readonly kind: 'edge' | 'inside';
  readonly start: number;
  readonly end: number;
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
  const coefficients = guidedFilter(working, mask, { radius, epsilon });
  const boundary = boundaryOf(mask, 2 * radius);
  const columns = bordersOf(left, scale, width, photo.width);
  const rows = bordersOf(top, scale, height, photo.height);
  // A region's corner may lie within a pixel of the photo; its rows and columns are counted from whole ones.
  const [x0, y0] = [columns[0]!, rows[0]!];
  const middle = (pixel: number, start: number) => (pixel + 0.5 - start) / scale - 0.5;
  const across = placesOf(columns[width]! - x0, width, (x) => middle(x, left - x0));
  const down = placesOf(rows[height]! - y0, height, (y) => middle(y, top - y0));
  const line = new Float32Array(4 * width);
  let box: Box | null = null;
  for (let j = 0; j < height; j++) {
    const spans = spansOf(mask, boundary, j);
    for (let y = rows[j]!; y < rows[j + 1]!; y++) {
      const row = y * photo.width;
      for (const span of spans) {
        const start = columns[span.start]!;
        const end = columns[span.end]!;
        if (span.kind === 'inside') {
          alpha.fill(255, row + start, row + end);
          continue;
        }
        blendRows(coefficients, down, y - y0, span, clip, line);
        for (let x = start; x < end; x++) alpha[row + x] = levelAt(line, across, x - x0, photo.rgb, 3 * (row + x));
      }
    }
    // While its rows are in the processor's cache, and without a look at what is left out.
    const part = boundingBox(
      { width: photo.width, height: photo.height, data: alpha },
      0,
      boxOf(spans, j, columns, rows),
    );
    if (part !== null) box = box === null ? part : joinBoxes(box, part);
  }
  return { kind: 'matte', width: photo.width, height: photo.height, alpha, box };
}

/** What lies outside is left out. */
function spansOf({ width, data }: Mask, boundary: Mask, row: number): Span[] {
  const spans: Span[] = [];
  const kindAt = (i: number) => (boundary.data[i] === 1 ? 'edge' : data[i] === 1 ? 'inside' : null);
  const first = row * width;
  for (let start = first; start < first + width; ) {
    const kind = kindAt(start);
    let end = start + 1;
    while (end < first + width && kindAt(end) === kind) end++;
    if (kind !== null) spans.push({ kind, start: start - first, end: end - first });
    start = end;
  }
  return spans;
}

/**
 * The coefficients of one row of the photo's pixels along a span, by which colours from 0 to 255 give alpha from 0 to
 * 255: red, green, blue, offset for each working column.
 *
 * @param down where the photo's rows lie among the working ones
 */
function blendRows(
  { red, green, blue, offset }: Coefficients,
  { first, second, share }: Places,
  y: number,
  { start, end }: Span,
  clip: number,
  line: Float32Array,
): void {
  const width = line.length / 4;
  const stretch = 1 / (1 - 2 * clip);
  const lower = share[y]! * stretch;
  const upper = stretch - lower;
  // The photo's pixels of a span lie between its own columns and those next to it.
  const [from, to] = [Math.max(0, start - 1), Math.min(width, end + 1)];
  let a = first[y]! * width + from;
  let b = second[y]! * width + from;
  for (let o = 4 * from; o < 4 * to; o += 4, a++, b++) {
    line[o] = red[a]! * upper + red[b]! * lower;
    line[o + 1] = green[a]! * upper + green[b]! * lower;
    line[o + 2] = blue[a]! * upper + blue[b]! * lower;
    line[o + 3] = 255 * (offset[a]! * upper + offset[b]! * lower - clip * stretch);
  }
}

/** Alpha, 0 to 255, of the pixel whose colour stands at `rgb[p]`. */
function levelAt(line: Float32Array, { first, second, share }: Places, x: number, rgb: Uint8Array, p: number): number {
  const a = 4 * first[x]!;
  const b = 4 * second[x]!;
  const right = share[x]!;
  const left = 1 - right;
  const level =
    (line[a]! * left + line[b]! * right) * rgb[p]! +
    (line[a + 1]! * left + line[b + 1]! * right) * rgb[p + 1]! +
    (line[a + 2]! * left + line[b + 2]! * right) * rgb[p + 2]! +
    (line[a + 3]! * left + line[b + 3]! * right);
  return level <= 0 ? 0 : level >= 255 ? 255 : (level + 0.5) | 0;
}

/** The photo's pixels from the first to the last of the spans of a working row. */
function boxOf(spans: readonly Span[], row: number, columns: Int32Array, rows: Int32Array): Box {
  const [left, top] = [columns[spans[0]?.start ?? 0]!, rows[row]!];
  return { left, top, width: columns[spans.at(-1)?.end ?? 0]! - left, height: rows[row + 1]! - top };
}
