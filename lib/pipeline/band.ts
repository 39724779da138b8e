const HAS_ZERO = 1;
const HAS_ONE = 2;

/** 1 wherever the mask changes within `reach` pixels (a square window), else 0. */
export function bandOf(mask: Uint8Array, width: number, height: number, reach: number): Uint8Array {
  const words = mask.map((value) => (value === 1 ? HAS_ONE : HAS_ZERO));
  const across = gather(words, height, width, width, 1, reach);
  const around = gather(across, width, height, 1, width, reach);
  return around.map((word) => (word === (HAS_ZERO | HAS_ONE) ? 1 : 0));
}

/** The union of the words within `reach` along each line. */
function gather(words: Uint8Array, lines: number, length: number, jump: number, pace: number, reach: number) {
  const out = new Uint8Array(words.length);
  for (let line = 0; line < lines; line++) {
    let lastZero = Number.NEGATIVE_INFINITY;
    let lastOne = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < length + reach; k++) {
      const word = k < length ? (words[line * jump + k * pace] as number) : 0;
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
