import { setFlagsFromString } from 'node:v8';

/**
 * By how much of itself the heap may grow before V8 marks what is still in use, percent. Pixels count as heap, and of
 * its own accord V8 lets 8 MB of them pass: it then marked all of the heap for each photo, which took 15 of 140 ms
 * (docs/benchmarks.md). This is some 80 MB; a photo of 48 megapixels still sets it off by itself.
 */
const GROWTH = 300;

/**
 * For processes that do nothing but cut, because it holds for all of V8: one with a large heap of other things, such as
 * a program that uses the library, would let that grow, too.
 */
export function letGarbageWait(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
}
