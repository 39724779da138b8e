import { DresscutError } from '../errors';
import type { Box, Matte, Plane, Size } from '../raster';
import type { Stroke } from '../strokes';
import { boundingBox, joinBoxes } from './box';
import type { Region } from './region';

/** What strokes say of a pixel: nothing, that it is dress, that it is not. */
export const UNSAID = 0;
export const KEEP = 1;
export const DROP = 2;

/** What painting may cost, summed over all segments: two seconds of work, and many times what a hand draws. */
const MAX_ROWS = 10_000_000;
const MAX_PIXELS = 5e9;
/** A tip smaller than a pixel still reaches one pixel's centre. */
const LEAST_RADIUS = Math.SQRT1_2;

/**
 * Strokes as pixels of a region: a pixel is said to be what a stroke over its centre says, the last one winning.
 *
 * @returns each value `UNSAID`, `KEEP` or `DROP`
 * @throws DresscutError `invalid-option` when the strokes are so long and wide that painting them takes seconds
 */
export function paintStrokes(strokes: readonly Stroke[], region: Region): Plane<Uint8Array> {
  const { width, height } = region;
  const data = new Uint8Array(width * height);
  let [rows, pixels] = [0, 0];
  eachSpan(strokes, region, (stroke, y, from, to) => {
    rows++;
    pixels += Math.max(0, to - from);
    if (rows > MAX_ROWS || pixels > MAX_PIXELS) throw tooMuch();
    data.fill(stroke.kind === 'keep' ? KEEP : DROP, y * width + from, y * width + to);
  });
  return { width, height, data };
}

/** Strokes as pixels of the photo. */
export interface Drawn {
  readonly box: Box;
  /** Of the box: each value `UNSAID`, `KEEP` or `DROP`. */
  readonly said: Plane<Uint8Array>;
}

/**
 * What is drawn on a photo.
 *
 * @param strokes at least one
 * @throws DresscutError `invalid-option` for a stroke beside the photo, and for strokes that would take seconds to paint
 */
export function drawStrokes(strokes: readonly Stroke[], photo: Size): Drawn {
  const box = boxOfStrokes(strokes, photo);
  return { box, said: paintStrokes(strokes, { ...box, scale: 1 }) };
}

/** The matte with what was drawn on it: all dress under a stroke that keeps, none under one that drops. In place. */
export function stampStrokes(matte: Matte, { box: drawn, said }: Drawn): Matte {
  const { width, alpha } = matte;
  for (let y = 0, i = 0; y < said.height; y++) {
    for (let x = 0, o = (drawn.top + y) * width + drawn.left; x < said.width; x++, o++, i++) {
      if (said.data[i] !== UNSAID) alpha[o] = said.data[i] === KEEP ? 255 : 0;
    }
  }
  const reached = matte.box === null ? drawn : joinBoxes(matte.box, drawn);
  return { ...matte, box: boundingBox({ ...matte, data: alpha }, 0, reached) };
}

/**
 * The smallest box around all strokes, clipped to the photo.
 * @param strokes at least one
 * @throws DresscutError `invalid-option` for a stroke that lies beside the photo
 */
export function boxOfStrokes(strokes: readonly Stroke[], { width, height }: Size): Box {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (const [index, stroke] of strokes.entries()) {
    const reach = reachOf(stroke);
    if (reach.right <= 0 || reach.bottom <= 0 || reach.left >= width || reach.top >= height) {
      const message = `Stroke ${index + 1} lies outside the photo, whose upright size is ${width} x ${height} pixels.`;
      throw new DresscutError('invalid-option', message, { facts: { option: 'strokes', stroke: index + 1 } });
    }
    left = Math.max(0, Math.min(left, Math.floor(reach.left)));
    top = Math.max(0, Math.min(top, Math.floor(reach.top)));
    right = Math.min(width, Math.max(right, Math.ceil(reach.right)));
    bottom = Math.min(height, Math.max(bottom, Math.ceil(reach.bottom)));
  }
  return { left, top, width: right - left, height: bottom - top };
}

/** How far a stroke reaches, in pixels of the photo. */
function reachOf(stroke: Stroke) {
  if ('box' in stroke) {
    const { left, top, width, height } = stroke.box;
    return { left, top, right: left + width, bottom: top + height };
  }
  const reach = {
    left: Number.POSITIVE_INFINITY,
    top: Number.POSITIVE_INFINITY,
    right: Number.NEGATIVE_INFINITY,
    bottom: Number.NEGATIVE_INFINITY,
  };
  for (const [x, y] of stroke.points) {
    reach.left = Math.min(reach.left, x - stroke.radius);
    reach.top = Math.min(reach.top, y - stroke.radius);
    reach.right = Math.max(reach.right, x + stroke.radius);
    reach.bottom = Math.max(reach.bottom, y + stroke.radius);
  }
  return reach;
}

/** A row's pixels from `from` to before `to`, under some stroke; none where they are not in order. */
type Span = (stroke: Stroke, y: number, from: number, to: number) => void;

function eachSpan(strokes: readonly Stroke[], region: Region, span: Span): void {
  const { left, top, scale } = region;
  for (const stroke of strokes) {
    if ('box' in stroke) {
      const { box } = stroke;
      const [x0, x1] = [(box.left - left) / scale, (box.left + box.width - left) / scale];
      const [y0, y1] = [(box.top - top) / scale, (box.top + box.height - top) / scale];
      boxSpans(region, { x0, y0, x1, y1 }, (y, from, to) => span(stroke, y, from, to));
      continue;
    }
    const radius = Math.max(LEAST_RADIUS, stroke.radius / scale);
    const placed = stroke.points.map(([x, y]) => [(x - left) / scale, (y - top) / scale] as const);
    placed.forEach((end, i) => {
      capsuleSpans(region, placed[Math.max(0, i - 1)] ?? end, end, radius, (y, from, to) => span(stroke, y, from, to));
    });
  }
}

type Row = (y: number, from: number, to: number) => void;

/** The first pixel whose centre is at or behind `edge`, within a line of `count` pixels. */
const behind = (edge: number, count: number): number => Math.min(count, Math.max(0, Math.ceil(edge - 0.5)));

function boxSpans({ width, height }: Size, { x0, y0, x1, y1 }: Record<'x0' | 'y0' | 'x1' | 'y1', number>, row: Row) {
  const [from, to] = [behind(x0, width), behind(x1, width)];
  for (let y = behind(y0, height); y < behind(y1, height); y++) row(y, from, to);
}

/** Rows of a line with round ends. A row cuts it in one piece: its two discs and the band between them are convex. */
function capsuleSpans(
  { width, height }: Size,
  [ax, ay]: readonly [number, number],
  [bx, by]: readonly [number, number],
  radius: number,
  row: Row,
): void {
  const length = Math.hypot(bx - ax, by - ay);
  // The band's corners: the line's ends, pushed aside by the radius.
  const [nx, ny] = length === 0 ? [0, 0] : [(-(by - ay) / length) * radius, ((bx - ax) / length) * radius];
  const corners = [
    [ax + nx, ay + ny],
    [bx + nx, by + ny],
    [bx - nx, by - ny],
    [ax - nx, ay - ny],
  ] as const;
  const last = behind(Math.max(ay, by) + radius, height);
  for (let y = behind(Math.min(ay, by) - radius, height); y < last; y++) {
    const centre = y + 0.5;
    let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const [x, middle] of [
      [ax, ay],
      [bx, by],
    ] as const) {
      const half = radius * radius - (centre - middle) ** 2;
      if (half < 0) continue;
      from = Math.min(from, x - Math.sqrt(half));
      to = Math.max(to, x + Math.sqrt(half));
    }
    if (length > 0) {
      corners.forEach(([x, top], i) => {
        const [z, bottom] = corners[(i + 1) % 4] ?? [x, top];
        if (top === bottom || centre < Math.min(top, bottom) || centre > Math.max(top, bottom)) return;
        const crossing = x + ((z - x) * (centre - top)) / (bottom - top);
        from = Math.min(from, crossing);
        to = Math.max(to, crossing);
      });
    }
    row(y, behind(from, width), behind(to, width));
  }
}

function tooMuch(): DresscutError {
  const message = 'The strokes cover the photo many times over; send fewer, or smaller ones.';
  return new DresscutError('invalid-option', message, { facts: { option: 'strokes' } });
}
