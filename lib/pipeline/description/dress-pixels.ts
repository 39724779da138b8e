import { converter } from 'culori';
import type { Box, Matte, Photo } from '../../raster';
import { sharp } from '../codec';
import { resize } from '../resize';

/** A dress at a small size, in OKLab (Ottosson, 2020), in which equal distances look equally far. */
export interface DressPixels {
  readonly kind: 'dress-pixels';
  readonly width: number;
  readonly height: number;
  /** `3 * width * height` floats: lightness 0 to 1, then a and b, about -0.4 to 0.4. */
  readonly lab: Float32Array;
  /** `width * height` bytes: 1 where the pixel is dress and nothing else, its edge left out. */
  readonly inside: Uint8Array;
}

/** Longest side of what is looked at, in pixels: folds and stripes are still there, noise and threads are not. */
const LONGEST = 160;
/** Alpha that a pixel and its four neighbours need: the edge carries colours of what is behind it. */
const SURE = 250;

/** @param box the smallest around the matte */
export async function dressPixels(photo: Photo, matte: Matte, box: Box): Promise<DressPixels> {
  const scale = Math.min(1, LONGEST / Math.max(box.width, box.height));
  const width = Math.max(1, Math.round(box.width * scale));
  const height = Math.max(1, Math.round(box.height * scale));
  const [{ rgb }, alpha] = await Promise.all([
    resize(photo, width, height, box),
    resizeAlpha(matte, width, height, box),
  ]);
  return { kind: 'dress-pixels', width, height, lab: toOklab(rgb), inside: certain(alpha, width, height) };
}

async function resizeAlpha(matte: Matte, width: number, height: number, part: Box): Promise<Uint8Array> {
  return sharp(matte.alpha, { raw: { width: matte.width, height: matte.height, channels: 1 } })
    .extract(part)
    .resize(width, height, { fit: 'fill', kernel: 'mitchell' })
    .extractChannel(0)
    .raw()
    .toBuffer();
}

function toOklab(rgb: Uint8Array): Float32Array {
  const convert = converter('oklab');
  const lab = new Float32Array(rgb.length);
  for (let i = 0; i < rgb.length; i += 3) {
    const [r = 0, g = 0, b = 0] = rgb.subarray(i, i + 3);
    const { l, a, b: blue } = convert({ mode: 'rgb', r: r / 255, g: g / 255, b: b / 255 });
    lab.set([l, a, blue], i);
  }
  return lab;
}

/** Dresses so thin that no pixel lies inside keep what is sure; the faintest keep the pixels with the most alpha. */
function certain(alpha: Uint8Array, width: number, height: number): Uint8Array {
  const at = (x: number, y: number) => (x < 0 || y < 0 || x >= width || y >= height ? 0 : (alpha[y * width + x] ?? 0));
  const sure = alpha.map((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const least = Math.min(at(x, y), at(x - 1, y), at(x + 1, y), at(x, y - 1), at(x, y + 1));
    return least >= SURE ? 1 : 0;
  });
  if (sure.includes(1)) return sure;
  const most = alpha.reduce((best, value) => Math.max(best, value), 1);
  return alpha.map((value) => (value >= Math.min(SURE, most) ? 1 : 0));
}
