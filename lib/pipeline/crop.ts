import type { Box } from '../raster';

/**
 * A box out of the rows of a raster.
 *
 * @param width the raster's
 * @param values of each pixel
 * @returns `values * box.width * box.height` of them
 */
export function crop<T extends Uint8Array | Float32Array>(data: T, width: number, box: Box, values = 1): T {
  const row = values * box.width;
  const out = new (data.constructor as new (length: number) => T)(row * box.height);
  for (let y = 0; y < box.height; y++) {
    const from = values * ((box.top + y) * width + box.left);
    out.set(data.subarray(from, from + row), y * row);
  }
  return out;
}

/**
 * Rows put into a larger raster, in place.
 *
 * @param width the larger one's
 * @param box where they go
 */
export function paste(into: Uint8Array, width: number, data: Uint8Array, box: Box): Uint8Array {
  for (let y = 0; y < box.height; y++) {
    into.set(data.subarray(y * box.width, (y + 1) * box.width), (box.top + y) * width + box.left);
  }
  return into;
}
