import { DresscutError } from '../errors';
import { photoTooLarge } from '../photo-size';

/** A phone's photo is 2 to 12 MB; above this it is not a photo, or nobody should wait for it. */
export const MAX_BYTES = 25_000_000;
/** 50 megapixels: 150 MB of RGB, three times that while it is decoded, turned and cut. */
export const MAX_PIXELS = 50_000_000;
/** Below this a dress is a few pixels wide, and the network has nothing to see. */
export const MIN_SIDE = 64;
/** Processor time that one photo may take to decode, where its size alone does not bound it. */
export const MAX_DECODE_SECONDS = 5;
/** Memory of the process that decodes it: a 50-megapixel AVIF takes 0.9 GB. */
export const MAX_DECODE_BYTES = 1_000_000_000;
/** What decoding may add to that process, beside a number for each pixel: AVIF takes 19, the most measured. */
export const MAX_DECODE_EXTRA = { bytes: 250_000_000, bytesPerPixel: 25 } as const;
/**
 * Of a picture that is there all at once before its first row is: interlaced, or laid over what came before. Any of 8
 * bits a channel is below it; what is above is no photo, and would take more memory than everything else together.
 */
export const MAX_HELD_BYTES = 200_000_000;
/** On the clock: a machine so busy that neither limit is reached by then should be asked again later. */
export const MAX_WAIT_SECONDS = 60;

/** @throws DresscutError `no-photo`, `too-large` */
export function checkBytes(bytes: number): void {
  if (bytes === 0) throw new DresscutError('no-photo', 'The photo is empty: it has 0 bytes.', { facts: { bytes } });
  if (bytes > MAX_BYTES) throw photoTooLarge(bytes, MAX_BYTES);
}

/** @throws DresscutError `too-many-pixels`, `too-small` */
export function checkSize(width: number, height: number): void {
  const pixels = width * height;
  if (pixels > MAX_PIXELS) {
    const found = `${width}x${height} pixels (${(pixels / 1e6).toFixed(1)} megapixels)`;
    throw new DresscutError('too-many-pixels', `The photo is ${found}; the limit is ${MAX_PIXELS / 1e6} megapixels.`, {
      facts: { width, height, pixels, maxPixels: MAX_PIXELS },
    });
  }
  if (Math.min(width, height) < MIN_SIDE) {
    throw new DresscutError(
      'too-small',
      `The photo is ${width}x${height} pixels; each side must have at least ${MIN_SIDE}.`,
      { facts: { width, height, minSide: MIN_SIDE } },
    );
  }
}

/** @throws DresscutError `too-complex` */
export function checkHeld(bytes: number, format: 'png' | 'webp'): void {
  if (bytes <= MAX_HELD_BYTES) return;
  const kind = { png: 'interlaced PNG', webp: 'animated WebP' }[format];
  throw new DresscutError(
    'too-complex',
    `The photo is an ${kind} of which ${(bytes / 1e6).toFixed(0)} MB must be held at once; the limit is ${MAX_HELD_BYTES / 1e6} MB. ` +
      'Save it as JPEG, or reduce it.',
    { facts: { format, heldBytes: bytes, maxHeldBytes: MAX_HELD_BYTES } },
  );
}
