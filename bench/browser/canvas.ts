import type { Box, Photo, Size } from '../../lib/raster';

/** What is used here of a browser; the project is compiled for Node, which has none of it. */
interface Canvas extends Size {
  getContext(kind: '2d', settings: { willReadFrequently: true }): Context;
  convertToBlob(options: { type: string }): Promise<Blob>;
}
interface Context {
  imageSmoothingQuality: 'high';
  drawImage(image: Size, ...place: readonly number[]): void;
  getImageData(left: number, top: number, width: number, height: number): { data: Uint8ClampedArray };
  putImageData(image: object, left: number, top: number): void;
}
const { OffscreenCanvas, ImageData, createImageBitmap } = globalThis as unknown as {
  OffscreenCanvas: new (width: number, height: number) => Canvas;
  ImageData: new (data: Uint8ClampedArray, width: number, height: number) => object;
  createImageBitmap(blob: Blob): Promise<Size>;
};

/** The photo as the browser decodes it. */
export async function decodeInBrowser(blob: Blob): Promise<Photo> {
  const bitmap = await createImageBitmap(blob);
  return draw(bitmap, bitmap.width, bitmap.height, { left: 0, top: 0, width: bitmap.width, height: bitmap.height });
}

/** Stands in for `lib/pipeline/resize.ts`, which is sharp's. */
export async function resize(photo: Photo, width: number, height: number, part?: Box): Promise<Photo> {
  const canvas = new OffscreenCanvas(photo.width, photo.height);
  const rgba = new Uint8ClampedArray(4 * photo.width * photo.height).fill(255);
  copyColours(photo.rgb, 3, rgba, 4);
  canvas
    .getContext('2d', { willReadFrequently: true })
    .putImageData(new ImageData(rgba, photo.width, photo.height), 0, 0);
  return draw(canvas, width, height, part ?? { left: 0, top: 0, width: photo.width, height: photo.height });
}

/** Colour and alpha as a PNG, as the browser writes it. */
export function encodeInBrowser(rgba: Uint8Array, { width, height }: Size): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const image = new ImageData(new Uint8ClampedArray(rgba), width, height);
  canvas.getContext('2d', { willReadFrequently: true }).putImageData(image, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}

function draw(image: Size, width: number, height: number, { left, top, ...from }: Box): Photo {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, left, top, from.width, from.height, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const rgb = new Uint8Array(3 * width * height);
  copyColours(data, 4, rgb, 3);
  return { kind: 'photo', width, height, rgb };
}

/** Three of the bytes of each pixel, from rasters with so many to rasters with so many. */
function copyColours(from: ArrayLike<number>, pace: number, to: Uint8Array | Uint8ClampedArray, step: number): void {
  for (let i = 0, o = 0; o < to.length; i += pace, o += step) {
    to[o] = from[i] as number;
    to[o + 1] = from[i + 1] as number;
    to[o + 2] = from[i + 2] as number;
  }
}
