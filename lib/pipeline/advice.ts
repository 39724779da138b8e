import type { Advice, Findings } from '../findings';
import type { Photo } from '../raster';

/** A dress whose longer side has fewer pixels than this is too small to be cut well. */
const SMALL = 160;
/** Photos whose mean brightness (Rec. 601, 0 to 255) is below this are too dark. */
const DARK = 40;
/** Pixels that brightness is told from, at most. */
const SAMPLES = 4096;

/** How the photo could be taken better, as far as that is known, in the order of `ADVICE`. */
export function adviceOf(
  photo: Photo,
  { box, turned, dresses }: Pick<Findings, 'box' | 'turned' | 'dresses'>,
): Advice[] {
  const advice: Advice[] = [];
  if (box !== null && Math.max(box.width, box.height) < SMALL) advice.push('closer');
  if (brightness(photo) < DARK) advice.push('light');
  if (box !== null && touchesFrame(box, photo)) advice.push('frame');
  if (dresses.length > 1) advice.push('alone');
  if (turned !== 0) advice.push('upright');
  return advice;
}

function touchesFrame({ left, top, width, height }: NonNullable<Findings['box']>, photo: Photo): boolean {
  return left === 0 || top === 0 || left + width === photo.width || top + height === photo.height;
}

/** The mean of pixels all over the photo. */
function brightness({ width, height, rgb }: Photo): number {
  // An odd step meets every column of an even width; an even one would miss half of them.
  const step = Math.floor((width * height) / SAMPLES) | 1;
  let sum = 0;
  let count = 0;
  for (let o = 0; o < rgb.length; o += 3 * step) {
    sum += 0.299 * rgb[o]! + 0.587 * rgb[o + 1]! + 0.114 * rgb[o + 2]!;
    count++;
  }
  return sum / count;
}
