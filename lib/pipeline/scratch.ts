/** More is not kept: RGBA of 16 megapixels. */
const MOST = 64_000_000;

let kept = new Uint8Array(0);

/**
 * Zeroed bytes for a large picture, which serve again once they are given back. The first touch of fresh memory costs a
 * fault for every 4 kB: for a picture of 8 megapixels more time than drawing it.
 */
export function borrow(length: number): Uint8Array {
  if (kept.length < length) return new Uint8Array(length);
  const bytes = kept.subarray(0, length).fill(0);
  kept = new Uint8Array(0);
  return bytes;
}

/** @param bytes borrowed, and read by nobody any more */
export function giveBack(bytes: Uint8Array): void {
  const whole = new Uint8Array(bytes.buffer as ArrayBuffer);
  if (whole.length > kept.length && whole.length <= MOST) kept = whole;
}
