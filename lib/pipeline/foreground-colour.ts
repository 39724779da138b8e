import type { Box, Matte, Photo, Size } from '../raster';
import { boxMean } from './guided-filter';

/** Longest side of the grid on which colours are averaged, cells. */
const GRID = 96;
/** Samples of the photo a cell, along each side: colours are smooth, so a few are enough. */
const SAMPLES = 2;

/** Cells laid over a part of the photo. */
interface Grid extends Size {
  readonly box: Box;
  /** Photo pixels a cell is wide and high. */
  readonly scale: number;
}

/** Writes a colour for photo pixel `(x, y)` with `alpha` 1 to 254 into `out[o..o + 2]`. */
export type WriteColour = (x: number, y: number, alpha: number, out: Uint8Array, o: number) => void;

/** Three colour planes. */
interface Colours {
  readonly r: Float32Array;
  readonly g: Float32Array;
  readonly b: Float32Array;
}

/**
 * The colour of the dress in pixels that show dress and background at once, so that no halo of the old
 * background comes along. After Forte and Pitie, "Approximate Fast Foreground Colour Estimation" (ICIP 2021):
 * blurred foreground and background colours, then one step towards what the compositing equation asks for.
 * Their blurs run over all pixels; here they run on a small grid, and the step only where alpha is between.
 *
 * @param box the part of the photo to treat, pixels
 */
export function foregroundColour(photo: Photo, matte: Matte, box: Box): WriteColour {
  const scale = Math.max(1, Math.max(box.width, box.height) / GRID);
  const width = Math.ceil(box.width / scale);
  const height = Math.ceil(box.height / scale);
  const { front, back } = average(photo, matte, { box, scale, width, height });

  return (x, y, alpha, out, o) => {
    const i = Math.min(width - 1, Math.floor((x + 0.5 - box.left) / scale));
    const j = Math.min(height - 1, Math.floor((y + 0.5 - box.top) / scale));
    const cell = j * width + i;
    const a = alpha / 255;
    const p = 3 * (y * photo.width + x);
    out[o] = step(photo.rgb[p]!, front.r[cell]!, back.r[cell]!, a);
    out[o + 1] = step(photo.rgb[p + 1]!, front.g[cell]!, back.g[cell]!, a);
    out[o + 2] = step(photo.rgb[p + 2]!, front.b[cell]!, back.b[cell]!, a);
  };
}

/** F + alpha (I - alpha F - (1 - alpha) B), kept in range. */
function step(seen: number, front: number, back: number, alpha: number): number {
  const colour = front + alpha * (seen - alpha * front - (1 - alpha) * back);
  return colour <= 0 ? 0 : colour >= 255 ? 255 : (colour + 0.5) | 0;
}

function average(photo: Photo, matte: Matte, { box, scale, width, height }: Grid) {
  const plane = () => new Float32Array(width * height);
  const sums = {
    front: { r: plane(), g: plane(), b: plane(), w: plane() },
    back: { r: plane(), g: plane(), b: plane(), w: plane() },
  };
  const samples = Math.max(1, Math.min(SAMPLES, Math.floor(scale)));
  for (let j = 0, cell = 0; j < height; j++) {
    for (let i = 0; i < width; i++, cell++) {
      for (let k = 0; k < samples * samples; k++) {
        const u = ((k % samples) + 0.5) / samples;
        const v = (Math.floor(k / samples) + 0.5) / samples;
        const x = Math.min(photo.width - 1, box.left + Math.floor((i + u) * scale));
        const y = Math.min(photo.height - 1, box.top + Math.floor((j + v) * scale));
        const p = y * photo.width + x;
        const alpha = matte.alpha[p]!;
        add(sums.front, cell, photo.rgb, 3 * p, OF_FRONT[alpha]!);
        add(sums.back, cell, photo.rgb, 3 * p, OF_BACK[alpha]!);
      }
    }
  }
  return { front: spread(sums.front, { width, height }), back: spread(sums.back, { width, height }) };
}

/**
 * Only pure pixels speak, unless there are no others: squared weights let the outline's own mixed pixels in and left
 * half of the background in a soft edge; these leave 2 %.
 */
function purity(share: number): number {
  return share ** 16 + 1e-4 * share;
}

/** What a pixel of each alpha from 0 to 255 has to say of the dress, and of the background. */
const OF_FRONT = Float64Array.from({ length: 256 }, (_, alpha) => purity(alpha / 255));
const OF_BACK = Float64Array.from({ length: 256 }, (_, alpha) => purity(1 - alpha / 255));

/** Weighted sums of colours, and of the weights: how much evidence each cell has. */
interface Sums extends Colours {
  readonly w: Float32Array;
}

function add(sums: Sums, cell: number, rgb: Uint8Array, p: number, weight: number): void {
  sums.r[cell] = sums.r[cell]! + weight * rgb[p]!;
  sums.g[cell] = sums.g[cell]! + weight * rgb[p + 1]!;
  sums.b[cell] = sums.b[cell]! + weight * rgb[p + 2]!;
  sums.w[cell] = sums.w[cell]! + weight;
}

/** Mean colour around each cell: from nearby where there is evidence, from farther away where there is none. */
function spread(sums: Sums, { width, height }: Size): Colours {
  const out: Colours = {
    r: new Float32Array(width * height),
    g: new Float32Array(width * height),
    b: new Float32Array(width * height),
  };
  for (const [radius, evidence] of [
    [GRID, 1e-9], // all of it: a strap so thin that no sample met it takes the dress's mean colour, not black
    [12, 1e-6],
    [3, 0.02],
    [1, 0.1],
  ] as const) {
    const weight = boxMean({ width, height, data: sums.w }, radius);
    for (const channel of ['r', 'g', 'b'] as const) {
      const mean = boxMean({ width, height, data: sums[channel] }, radius);
      const plane = out[channel];
      for (let i = 0; i < plane.length; i++) {
        const w = weight[i]!;
        if (w > evidence) plane[i] = mean[i]! / w;
      }
    }
  }
  return out;
}
