import { type Zippable, zipSync } from 'fflate';
import type { CutOutOptions } from '../../options';
import { type Dress, drawAlpha, drawApart, drawPicture } from '../../pipeline/canvas';
import type { Encoded } from '../../pipeline/encode';
import type { Box } from '../../raster';
import { place } from './geometry';
import { MEGAPIXELS, type RemovebgOptions } from './options';

/** remove.bg's own: PNG takes too long above it. */
const MAX_PNG_MEGAPIXELS = 10;

/** A picture, or the two of a ZIP. */
export interface File extends Omit<Encoded, 'bytes' | 'contentType'> {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: Encoded['contentType'] | 'application/zip';
}

/**
 * The dress on the canvas that the options ask for, in their format.
 *
 * @param box what of the dress is drawn, in pixels of the photo
 */
export async function drawAs(options: RemovebgOptions, dress: Dress, box: Box): Promise<File> {
  const { channels, bg_color: background = null } = options;
  const format = formatOf(options);
  const most = Math.min(MEGAPIXELS[options.size], format === 'png' ? MAX_PNG_MEGAPIXELS : Number.POSITIVE_INFINITY);
  const layout = place(dress.photo, box, options, most * 1e6);
  if (format === 'zip') {
    const { colour, alpha } = await drawApart(dress, layout);
    const { width, height } = alpha;
    const bytes = zip({ 'color.jpg': colour.bytes, 'alpha.png': alpha.bytes });
    return { bytes, contentType: 'application/zip', width, height };
  }
  return channels === 'alpha' ? drawAlpha(dress, layout, format) : drawPicture(dress, layout, { format, background });
}

/** `auto` is JPG where nothing shines through. A mask is data, which JPG would blur. */
function formatOf({ format, channels, bg_color }: RemovebgOptions): CutOutOptions['format'] | 'zip' {
  if (format === 'jpg') return 'jpeg';
  if (format !== 'auto') return format;
  return channels === 'rgba' && bg_color?.alpha === 255 ? 'jpeg' : 'png';
}

/** Stored: both files are compressed. The same files give the same bytes, whatever the clock says. */
function zip(files: Readonly<Record<string, Uint8Array>>): Uint8Array<ArrayBuffer> {
  // The first moment that the format knows, in local time, which is how it keeps times.
  const stored = { level: 0, mtime: new Date(1980, 0, 1) } as const;
  const entries = Object.entries(files).map(([name, bytes]) => [name, [bytes, stored]]);
  return zipSync(Object.fromEntries(entries) as Zippable);
}
