import type { BitSink } from './bit-sink';

/** A canonical prefix code, as WebP and DEFLATE have them. */
export interface PrefixCode {
  /** Bits of each symbol's word; 0 where a symbol is never used, and where it is the only one. */
  readonly lengths: Uint8Array;
  /** The words, their first bit lowest. */
  readonly words: Uint16Array;
  /** Symbols that are used, at most the first three of them. */
  readonly used: readonly number[];
}

const MAX_LENGTH = 15;
/** In which order a stream tells how lengths are coded (RFC 9649, 3.7.2.1.2): 17 and 18 first, 16 ninth. */
const LENGTHS_IN_ORDER = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/** The code that takes the fewest bits (Huffman 1952), with no word above 15. @param counts of each symbol */
export function prefixCode(counts: Uint32Array): PrefixCode {
  const used: number[] = [];
  for (let symbol = 0; symbol < counts.length && used.length < 3; symbol++) if (counts[symbol]! > 0) used.push(symbol);
  let lengths: Uint8Array = new Uint8Array(counts.length);
  // Counts that are nearer to each other give a flatter tree.
  if (used.length > 1) {
    for (let least = 1; lengths.length === counts.length; least *= 2) {
      lengths = treeLengths(counts.map((count) => (count > 0 ? Math.max(count, least) : 0)));
      if (Math.max(...lengths) <= MAX_LENGTH) break;
    }
  }
  return { lengths, words: wordsOf(lengths), used };
}

/** Tells a code: by its one symbol or its two, else by the length of every word, each in four bits. */
export function writePrefixCode(sink: BitSink, { lengths, used }: PrefixCode): void {
  const [first = 0, second] = used;
  if (used.length < 3 && Math.max(first, second ?? 0) < 256) {
    sink.put(1, 1);
    sink.put(second === undefined ? 0 : 1, 1);
    sink.put(first > 1 ? 1 : 0, 1);
    sink.put(first, first > 1 ? 8 : 1);
    if (second !== undefined) sink.put(second, 8);
    return;
  }
  sink.put(0, 1);
  sink.put(LENGTHS_IN_ORDER.length - 4, 4);
  for (const length of LENGTHS_IN_ORDER) sink.put(length < 16 ? 4 : 0, 3);
  // As many lengths as there are symbols.
  sink.put(0, 1);
  for (const length of lengths) sink.put(reversed(length, 4), 4);
}

function treeLengths(counts: Uint32Array): Uint8Array {
  const lengths = new Uint8Array(counts.length);
  let nodes = [...counts.keys()]
    .filter((symbol) => counts[symbol]! > 0)
    .map((symbol) => ({ count: counts[symbol]!, symbols: [symbol] }));
  while (nodes.length > 1) {
    nodes.sort((a, b) => b.count - a.count || b.symbols[0]! - a.symbols[0]!);
    const [one, other] = [nodes.pop()!, nodes.pop()!];
    const symbols = [...one.symbols, ...other.symbols];
    for (const symbol of symbols) lengths[symbol]!++;
    nodes = [...nodes, { count: one.count + other.count, symbols }];
  }
  return lengths;
}

function wordsOf(lengths: Uint8Array): Uint16Array {
  const words = new Uint16Array(lengths.length);
  let next = 0;
  for (let length = 1; length <= MAX_LENGTH; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++)
      if (lengths[symbol] === length) words[symbol] = reversed(next++, length);
    next <<= 1;
  }
  return words;
}

function reversed(bits: number, count: number): number {
  let result = 0;
  for (let i = 0; i < count; i++) result |= ((bits >> i) & 1) << (count - 1 - i);
  return result;
}
