import type { Cutout } from '../raster';

/** Lossy WebP foretells and smooths in blocks of so many pixels a side. */
export const BLOCK = 16;
/** It holds one colour for so many pixels a side. */
const SAMPLE = 2;
const COLOUR = 0x00ffffff;

/**
 * Gives pixels that nobody sees (alpha 0) the colours of those beside them, in place. A lossy WebP keeps its alpha
 * apart from its colours, and black right behind a dress's edge would darken the edge and take bytes.
 *
 * In each 16 x 16 pixels, and then in each 2 x 2, what is hidden takes the mean of what is seen, by its alpha; where
 * nothing is seen, black.
 */
export function fillHidden({ width, height, rgba }: Cutout): void {
  const words = new Uint32Array(rgba.buffer, rgba.byteOffset, width * height);
  for (let top = 0; top < height; top += BLOCK) {
    const bottom = Math.min(height, top + BLOCK);
    for (let left = 0; left < width; left += BLOCK) {
      const block = { left, top, right: Math.min(width, left + BLOCK), bottom };
      const { hidden, mean } = look(rgba, width, block);
      if (hidden === 0) continue;
      fill(words, width, block, mean ?? 0);
      if (mean !== null) fillSamples(rgba, words, width, block);
    }
  }
}

interface Part {
  readonly left: number;
  readonly top: number;
  /** Exclusive, as is `bottom`. */
  readonly right: number;
  readonly bottom: number;
}

function fillSamples(rgba: Uint8Array, words: Uint32Array, width: number, block: Part): void {
  for (let top = block.top; top < block.bottom; top += SAMPLE) {
    for (let left = block.left; left < block.right; left += SAMPLE) {
      const right = Math.min(block.right, left + SAMPLE);
      const sample = { left, top, right, bottom: Math.min(block.bottom, top + SAMPLE) };
      const { hidden, mean } = look(rgba, width, sample);
      if (hidden > 0 && mean !== null) fill(words, width, sample, mean);
    }
  }
}

/** How many pixels are hidden, and what the others are on average: a little-endian word, `null` where there are none. */
function look(rgba: Uint8Array, width: number, { left, top, right, bottom }: Part) {
  let [hidden, red, green, blue, sum] = [0, 0, 0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let o = 4 * (y * width + left); o < 4 * (y * width + right); o += 4) {
      const alpha = rgba[o + 3]!;
      if (alpha === 0) {
        hidden += 1;
        continue;
      }
      red += alpha * rgba[o]!;
      green += alpha * rgba[o + 1]!;
      blue += alpha * rgba[o + 2]!;
      sum += alpha;
    }
  }
  const level = (total: number) => Math.round(total / sum);
  return { hidden, mean: sum === 0 ? null : level(red) | (level(green) << 8) | (level(blue) << 16) };
}

function fill(words: Uint32Array, width: number, { left, top, right, bottom }: Part, colour: number): void {
  for (let y = top; y < bottom; y++) {
    for (let i = y * width + left; i < y * width + right; i++) if (words[i]! <= COLOUR) words[i] = colour;
  }
}
