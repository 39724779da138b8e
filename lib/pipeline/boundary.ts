import type { Mask } from '../raster';

const HAS_ZERO = 1;
const HAS_ONE = 2;

/** How the lines of a raster lie in its data: rows follow each other, columns are `width` apart. */
interface Lines {
  readonly count: number;
  readonly length: number;
  /** From the start of one line to that of the next. */
  readonly jump: number;
  /** From one value of a line to the next. */
  readonly pace: number;
}

/**
 * Where a mask changes.
 *
 * @param reach pixels, in a square window
 * @returns 1 wherever the mask changes within `reach`, else 0
 */
export function boundaryOf(mask: Mask, reach: number): Mask {
  const { width, height } = mask;
  const words = mask.data.slice();
  for (let i = 0; i < words.length; i++) words[i] = words[i] === 1 ? HAS_ONE : HAS_ZERO;
  const across = gather(words, { count: height, length: width, jump: width, pace: 1 }, reach);
  const around = gather(across, { count: width, length: height, jump: 1, pace: width }, reach);
  for (let i = 0; i < around.length; i++) around[i] = around[i] === (HAS_ZERO | HAS_ONE) ? 1 : 0;
  return { width, height, data: around };
}

/** The union of the words within `reach` along each line. */
function gather(words: Uint8Array, { count, length, jump, pace }: Lines, reach: number): Uint8Array {
  const out = new Uint8Array(words.length);
  for (let line = 0; line < count; line++) {
    let lastZero = Number.NEGATIVE_INFINITY;
    let lastOne = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < length + reach; k++) {
      const word = k < length ? words[line * jump + k * pace]! : 0;
      if (word & HAS_ZERO) lastZero = k;
      if (word & HAS_ONE) lastOne = k;
      const first = k - 2 * reach;
      if (k >= reach) {
        out[line * jump + (k - reach) * pace] = (lastZero >= first ? HAS_ZERO : 0) | (lastOne >= first ? HAS_ONE : 0);
      }
    }
  }
  return out;
}
