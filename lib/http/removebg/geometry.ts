import { DresscutError } from '../../errors';
import type { Layout } from '../../pipeline/canvas';
import type { Box, Size } from '../../raster';
import type { RemovebgOptions } from './options';
import type { Length } from './values';

/**
 * The part of a photo that a region of interest leaves, whole pixels outwards.
 * @throws DresscutError `invalid-option` when it holds no pixel of the photo
 */
export function regionOf({ width, height }: Size, roi: NonNullable<RemovebgOptions['roi']>): Box {
  const left = Math.floor(pixelsOf(roi.x1, width));
  const top = Math.floor(pixelsOf(roi.y1, height));
  const right = Math.min(width, Math.ceil(pixelsOf(roi.x2, width)));
  const bottom = Math.min(height, Math.ceil(pixelsOf(roi.y2, height)));
  if (right > left && bottom > top) return { left, top, width: right - left, height: bottom - top };
  const message = `The roi holds no pixel of the photo, which is ${width}x${height}: x1 must be less than x2, y1 less than y2.`;
  throw new DresscutError('invalid-option', message, { facts: { option: 'roi', width, height } });
}

/**
 * Where the dress goes on which canvas. The canvas is the photo, or the dress with its margins, which may reach
 * beyond the photo; the dress is scaled to its share of the canvas, then put in its position, then everything is
 * reduced together to `maxPixels`. Nothing is enlarged but by `scale`.
 *
 * @param dress its box in the photo
 * @param maxPixels of the canvas, 1 or more
 */
export function place(
  photo: Size,
  dress: Box,
  { crop, crop_margin, scale, position }: Pick<RemovebgOptions, 'crop' | 'crop_margin' | 'scale' | 'position'>,
  maxPixels: number,
): Layout {
  const left = Math.round(pixelsOf(crop_margin.left, dress.width));
  const top = Math.round(pixelsOf(crop_margin.top, dress.height));
  const whole = crop
    ? {
        width: left + dress.width + Math.round(pixelsOf(crop_margin.right, dress.width)),
        height: top + dress.height + Math.round(pixelsOf(crop_margin.bottom, dress.height)),
      }
    : photo;
  const home = crop ? { left, top } : dress;
  const grown = scale === null ? 1 : scale * Math.min(whole.width / dress.width, whole.height / dress.height);
  const where = position ?? (scale === null ? 'original' : { x: 0.5, y: 0.5 });
  const canvas = reduced(whole, maxPixels);
  const across = along(whole.width, canvas.width, home.left, dress.width, grown, where === 'original' ? null : where.x);
  const down = along(whole.height, canvas.height, home.top, dress.height, grown, where === 'original' ? null : where.y);
  return {
    source: dress,
    canvas,
    target: { left: across.start, top: down.start, width: across.length, height: down.length },
  };
}

/**
 * One axis of a placement.
 *
 * @param share of the free room that lies before the dress, 0 to 1; `null` keeps its middle where it was
 */
function along(whole: number, canvas: number, home: number, dress: number, grown: number, share: number | null) {
  const long = Math.min(whole, dress * grown);
  const room = whole - long;
  const start = share === null ? Math.min(room, Math.max(0, home + (dress - long) / 2)) : room * share;
  const from = Math.min(canvas - 1, Math.round((start * canvas) / whole));
  const to = Math.min(canvas, Math.round(((start + long) * canvas) / whole));
  return { start: from, length: Math.max(1, to - from) };
}

/** Proportions kept as far as whole pixels allow; at least 1 pixel a side, never larger than it was. */
function reduced({ width, height }: Size, maxPixels: number): Size {
  const factor = Math.min(1, Math.sqrt(maxPixels / (width * height)));
  return { width: Math.max(1, Math.floor(width * factor)), height: Math.max(1, Math.floor(height * factor)) };
}

function pixelsOf({ value, unit }: Length, whole: number): number {
  return unit === 'px' ? value : (value / 100) * whole;
}
