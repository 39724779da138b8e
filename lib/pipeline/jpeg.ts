import { addCodes, type Codes } from './jpeg-codes';
import { walkOf } from './jpeg-scan';
import {
  contentOf,
  DHT,
  DRI,
  EOI,
  frameOf,
  PROGRESSIVE,
  SOI,
  SOS,
  type Structure,
  segmentsFrom,
  structureOf,
} from './jpeg-segments';
import { isTrailer } from './jpeg-trailer';
import { MAX_PIXELS } from './limits';
import { damaged } from './refusals';

const START = Buffer.from([0xff, SOI]);
const END = Buffer.from([0xff, EOI]);
/** Larger JPEGs take long to walk through. */
const MAX_WALKED = 2_000_000;
/** So many bytes of any kind between the last code and the end marker are padding; more must be zeros or `ff`. */
const MAX_PADDING = 16;

/** A JPEG that its decoder can take; `closed` where it lacked its end marker. */
export interface Jpeg {
  readonly file: Uint8Array;
  readonly closed: boolean;
}

/**
 * A JPEG as its decoder expects it, where all pixels are there: what phones and editors leave between the header's
 * segments is dropped (up to the first scan; behind it every byte may be a pixel), and an end marker that alone is
 * missing is added. That decides where the bytes belong, never that they are whole: a decoder has to find that.
 *
 * @param bytes a JPEG from its first byte; not changed
 * @returns the same bytes where nothing is odd
 * @throws DresscutError `undecodable-image` where more than the end marker is missing
 */
export function mendJpeg(bytes: Uint8Array): Jpeg {
  const file = bufferOf(bytes);
  const structure = structureOf(file);
  // What is too large is refused by its header, without a walk.
  if (structure === null || pixelsOf(file, structure) > MAX_PIXELS) return { file: bytes, closed: false };
  const { header, end } = structure;
  const closed = end === null;
  const codes = closed || hidesItsEnd(file, structure) ? endOfCodes(file, structure) : undefined;
  if (codes === null) throw cutShort();
  if (codes && !(closed ? codes.complete && endsAt(file, codes.end) : isPadding(file, codes.end, end)))
    throw cutShort();
  const tidy = header.every(({ start }, i) => start === (header[i - 1]?.end ?? 2));
  if (tidy && !closed) return { file: bytes, closed };
  const segments = header.map((one) => file.subarray(one.start, one.end));
  const first = header.at(-1)?.end;
  const rest = closed ? [file.subarray(first, codes?.end), END] : [file.subarray(first)];
  return { file: Buffer.concat([START, ...segments, ...rest]), closed };
}

/** Whether every code of a JPEG must be walked through to know that all are there. */
export function needsWalk(bytes: Uint8Array): boolean {
  const file = bufferOf(bytes);
  const structure = structureOf(file);
  return structure !== null && (structure.end === null || hidesItsEnd(file, structure));
}

/**
 * Whether a walk would hold up others: it takes some 30 ms a megabyte, and of a progressive JPEG some for every pixel
 * and scan, however few bytes they are.
 */
export function isLongWalk(bytes: Uint8Array): boolean {
  const file = bufferOf(bytes);
  return file.length > MAX_WALKED || frameOf(file, structureOf(file)?.header ?? [])?.marker === PROGRESSIVE;
}

/**
 * Whether what lies between the last code and the end marker is padding. Where the picture was cut off and something
 * else follows, the codes go on into it, and a decoder that takes all bytes for pixels notices nothing.
 */
export function isPadded(bytes: Uint8Array): boolean {
  const file = bufferOf(bytes);
  const structure = structureOf(file);
  if (structure === null || structure.end === null) return false;
  const codes = endOfCodes(file, structure);
  return codes !== null && isPadding(file, codes.end, structure.end);
}

const bufferOf = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const numberAt = (content: Uint8Array, at: number) => ((content[at] ?? 0) << 8) | (content[at + 1] ?? 0);
const cutShort = () => damaged('jpeg', new Error('Premature end of JPEG file'));

/**
 * Whether libvips would overlook what is missing in the last rows: it asks for warnings before it reads the next eight,
 * and there are none. Several scans are read before any row, and where colours are coarser than rows, it reads ahead.
 * In a progressive JPEG with restart markers, libjpeg takes an end at one of them for a marker that got lost. And
 * whatever lies before the end marker counts as pixels, as long as any are missing.
 */
function hidesItsEnd(file: Buffer, { segments, end }: Structure): boolean {
  const frame = frameOf(file, segments);
  if (end !== null && looksAdded(file.subarray(Math.max(0, end - 8), end))) return true;
  if (frame?.marker === PROGRESSIVE) return segments.some(({ marker }) => marker === DRI);
  if (frame?.marker !== 0xc0 && frame?.marker !== 0xc1) return false;
  if (segments.filter(({ marker }) => marker === SOS).length > 1) return false;
  const count = frame.content[7] ?? 0;
  const down = Array.from({ length: count }, (_, i) => (frame.content[9 + 3 * i] ?? 0) & 15);
  return count === 1 || down.every((rows) => rows === 1);
}

function pixelsOf(file: Buffer, { header }: Structure): number {
  const content = frameOf(file, header)?.content ?? new Uint8Array();
  return numberAt(content, 3) * numberAt(content, 5);
}

/** Whether bytes are words, or all alike: coded data rarely are. */
const looksAdded = (bytes: Buffer) =>
  bytes.every((byte) => byte === bytes[0]) || /^[\n\r -~]+$/.test(bytes.toString('latin1'));

/** Where the last scan's codes end, and whether all coefficients have come; `null` where codes are missing. */
function endOfCodes(file: Buffer, { header }: Structure): { end: number; complete: boolean } | null {
  const frame = frameOf(file, header);
  if (frame === null || frame.content.length < 8 || ![0xc0, 0xc1, PROGRESSIVE].includes(frame.marker)) return null;
  const walk = walkOf(frame.content, frame.marker === PROGRESSIVE);
  const codes = new Map<number, Codes>();
  const missing = missingBits(frame.content);
  let restart = 0;
  for (let more = header; ; ) {
    for (const segment of more) {
      if (segment.marker === DHT) addCodes(contentOf(file, segment), codes);
      if (segment.marker === DRI) restart = numberAt(contentOf(file, segment), 2);
    }
    const scan = more.at(-1);
    if (scan?.marker !== SOS) return null;
    const of = contentOf(file, scan);
    const length = walk({ header: of, codes, restart, data: file.subarray(scan.end) });
    if (length === null) return null;
    arrive(of, missing);
    const end = scan.end + length;
    more = segmentsFrom(file, endOfFill(file, end)).more;
    if (more.at(-1)?.marker !== SOS) return { end, complete: missing.size > 0 && isEmpty(missing) };
  }
}

/** Of each component, how many bits of each coefficient are to come; of those that no scan has named, all. */
const missingBits = (frame: Buffer) =>
  new Map(Array.from({ length: frame[7] ?? 0 }, (_, i) => [frame[8 + 3 * i] ?? 0, new Uint8Array(64).fill(255)]));

/** A scan has come: of its coefficients so many bits are left (T.81, G.1.1.1). */
function arrive(scan: Buffer, missing: Map<number, Uint8Array>): void {
  const count = scan[2] ?? 0;
  const [from = 0, to = 0, bits = 0] = scan.subarray(3 + 2 * count);
  for (let i = 0; i < count; i++) missing.get(scan[3 + 2 * i] ?? 0)?.fill(bits & 15, from, to + 1);
}

const isEmpty = (missing: Map<number, Uint8Array>) =>
  [...missing.values()].every((bits) => bits.every((bit) => bit === 0));

/** Whether nothing but padding lies between the last code and the end marker. */
function isPadding(file: Buffer, from: number, to: number): boolean {
  if (to > from && mayBeFill(file, from)) return false;
  return to - from <= MAX_PADDING || endOfFill(file, from) === to;
}

/** The last byte of the codes may be one of the zeros behind them, and the picture cut off before. */
const mayBeFill = (file: Buffer, end: number) => file[end - 1] === 0 && file[end] === 0;

/**
 * Whether a picture without an end marker ends here: nothing follows but what fills a file up, or what is known to
 * follow pictures.
 */
function endsAt(file: Buffer, end: number): boolean {
  if (isTrailer(file, end)) return true;
  const last = endOfFill(file, end);
  if (mayBeFill(file, end)) return false;
  // A trailer may begin with zeros, too.
  return last === file.length || [0, 1, 2, 3].some((zeros) => last - zeros >= end && isTrailer(file, last - zeros));
}

/** Behind zeros and `ff`, up to the marker that the last of them begins. */
function endOfFill(file: Buffer, from: number): number {
  let at = from;
  while (file[at] === 0 || (file[at] === 0xff && [0, 0xff, undefined].includes(file[at + 1]))) at += 1;
  return at;
}
