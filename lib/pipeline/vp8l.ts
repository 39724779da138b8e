import { BitSink } from './bit-sink';
import { prefixCode, writePrefixCode } from './prefix-code';

/** What the numbers of a plane stand for: `alpha`: themselves, in the alpha of a WebP; `grey`: a shade each. */
export type Meaning = 'alpha' | 'grey';

const LITERALS = 256;
const LENGTH_CODES = 24;
const DISTANCE_CODES = 40;
/** Of the longest copy that can be said. */
const MAX_COPY = 4096;
/** Shorter ones take as many bits as the numbers themselves. */
const MIN_COPY = 3;
const SIGNATURE = 0x2f;
const COLOUR_INDEXING = 3;

/**
 * A plane of 8-bit numbers as WebP's lossless bitstream (RFC 9649, 3; "VP8L"), the same numbers to the same bytes.
 * libwebp takes 20 bytes a pixel for it, whatever is in the picture; this walks through it twice and holds next to
 * nothing. It copies runs, and what stands in the row above; mattes have little else, and come out as small.
 *
 * @param plane row after row
 * @returns the content of an `ALPH` chunk behind its first byte, or that of a `VP8L` chunk
 */
export function vp8l(plane: Uint8Array, width: number, meaning: Meaning): Uint8Array<ArrayBuffer> {
  const sink = new BitSink();
  if (meaning === 'grey') {
    sink.put(SIGNATURE, 8);
    sink.put(width - 1, 14);
    sink.put(plane.length / width - 1, 14);
    sink.put(0, 1 + 3);
  }
  writePalette(sink, meaning);
  // No further transform, no colour cache, one set of codes for the whole picture.
  sink.put(0, 3);

  const counts = { green: new Uint32Array(LITERALS + LENGTH_CODES), distance: new Uint32Array(DISTANCE_CODES) };
  walk(plane, width, {
    number: (value) => counts.green[value]!++,
    copy: (length, code) => {
      counts.green[LITERALS + prefixOf(length)]!++;
      counts.distance[prefixOf(code)]!++;
    },
  });
  const green = prefixCode(counts.green);
  const distance = prefixCode(counts.distance);
  writePrefixCode(sink, green);
  for (let channel = 0; channel < 3; channel++) writePrefixCode(sink, CONSTANT);
  writePrefixCode(sink, distance);
  const putExtra = (value: number, prefix: number) => {
    if (prefix >= 4) sink.put((value - 1) & ((1 << ((prefix >> 1) - 1)) - 1), (prefix >> 1) - 1);
  };
  walk(plane, width, {
    number: (value) => sink.put(green.words[value]!, green.lengths[value]!),
    copy: (length, code) => {
      const prefix = prefixOf(length);
      sink.put(green.words[LITERALS + prefix]!, green.lengths[LITERALS + prefix]!);
      putExtra(length, prefix);
      const way = prefixOf(code);
      sink.put(distance.words[way]!, distance.lengths[way]!);
      putExtra(code, way);
    },
  });
  return sink.finish();
}

/** A channel that is 0 everywhere takes no bits. */
const CONSTANT = prefixCode(Uint32Array.of(1));

/**
 * Says that number n is entry n of a palette, each entry told by how much it differs from the one before. It is there
 * for who decodes: without a palette libwebp takes four bytes a pixel, with one a single byte.
 */
function writePalette(sink: BitSink, meaning: Meaning): void {
  sink.put(1, 1);
  sink.put(COLOUR_INDEXING, 2);
  sink.put(255, 8);
  // No colour cache.
  sink.put(0, 1);
  const step = prefixCode(Uint32Array.of(1, 255));
  const opaque = prefixCode(
    Uint32Array.from({ length: 256 }, (_, value) => (value === 0 ? 255 : value === 255 ? 1 : 0)),
  );
  const isGrey = meaning === 'grey';
  writePrefixCode(sink, step);
  for (let channel = 0; channel < 2; channel++) writePrefixCode(sink, isGrey ? step : CONSTANT);
  writePrefixCode(sink, isGrey ? opaque : CONSTANT);
  writePrefixCode(sink, CONSTANT);
  const colours = isGrey ? 3 : 1;
  for (let entry = 0; entry < 256; entry++) {
    sink.put(entry === 0 ? 0 : 2 ** colours - 1, colours);
    if (isGrey) sink.put(entry === 0 ? 1 : 0, 1);
  }
}

interface Visitor {
  readonly number: (value: number) => void;
  /** @param code of the distance: 1 one row up, 2 one to the left, 3 and 4 beside the one above */
  readonly copy: (length: number, code: number) => void;
}

/** What the stream says of a plane, in order. */
function walk(plane: Uint8Array, width: number, { number, copy }: Visitor): void {
  // The most frequent first: where it fills a whole copy the others are not tried.
  const ways = [
    { code: 2, distance: 1 },
    { code: 1, distance: width },
    { code: 3, distance: width + 1 },
    { code: 4, distance: Math.max(1, width - 1) },
  ];
  for (let at = 0; at < plane.length; ) {
    const most = Math.min(MAX_COPY, plane.length - at);
    let [best, bestCode] = [0, 0];
    for (const { code, distance } of ways) {
      if (at < distance || best === most) continue;
      let length = 0;
      while (length < most && plane[at + length] === plane[at + length - distance]) length++;
      if (length > best) [best, bestCode] = [length, code];
    }
    if (best >= MIN_COPY) copy(best, bestCode);
    else number(plane[at]!);
    at += best >= MIN_COPY ? best : 1;
  }
}

/** Which group of lengths or distances a value is in; its place within the group takes `(prefix >> 1) - 1` bits. */
function prefixOf(value: number): number {
  if (value <= 4) return value - 1;
  const top = 31 - Math.clz32(value - 1);
  return 2 * top + (((value - 1) >> (top - 1)) & 1);
}
