import { lengthOfScan } from './jpeg-scan';
import { damaged } from './refusals';

/** Markers of ITU-T T.81, table B.1. */
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const PROGRESSIVE = 0xc2;
const TEM = 0x01;
const START = Buffer.from([0xff, SOI]);
const END = Buffer.from([0xff, EOI]);
const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;
/** Markers that stand for themselves, without a length. */
const isAlone = (marker: number) => marker === TEM || (marker >= 0xd0 && marker <= EOI);
/** Frame headers: all of C0 to CF that are no tables. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** What may stand before the first scan: frames, tables, restart interval, application data, comments. */
const isSegment = (marker: number) =>
  (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8) || (marker >= SOS && marker <= 0xef) || marker === 0xfe;

interface Segment {
  readonly marker: number;
  /** From the `ff` of its marker to the byte behind it. */
  readonly start: number;
  readonly end: number;
}

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
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = headerOf(file);
  const scan = header.at(-1);
  if (scan?.marker !== SOS) return { file: bytes, closed: false };
  const end = endOf(file, header);
  if (end === 'cut off') throw damaged('jpeg', new Error('Premature end of JPEG file'));
  const closed = end === 'missing';
  const tidy = header.every(({ start }, i) => start === (header[i - 1]?.end ?? 2));
  if (tidy && !closed) return { file: bytes, closed };
  const segments = header.map(({ start, end }) => file.subarray(start, end));
  const rest = closed ? [file.subarray(scan.end, endOfData(file)), END] : [file.subarray(scan.end)];
  return { file: Buffer.concat([START, ...segments, ...rest]), closed };
}

/** Whether every code of a JPEG must be walked through to know that all are there: some 30 ms a megabyte. */
export function needsWalk(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return file.lastIndexOf(END) < 0 || hidesItsEnd(file, headerOf(file));
}

/** The segments up to the first scan's header, without whatever lies between them. */
function headerOf(file: Buffer): Segment[] {
  const segments: Segment[] = [];
  for (let at = 2; at >= 0; ) {
    const segment = nextSegment(file, at);
    if (!segment) break;
    segments.push(segment);
    if (segment.marker === SOS) break;
    at = segment.end;
  }
  return segments;
}

/** The next segment that ends inside the file; `null` where none is left, or the picture ends. */
function nextSegment(file: Buffer, from: number): Segment | null {
  for (let at = file.indexOf(0xff, from); at >= 0 && at + 4 <= file.length; at = file.indexOf(0xff, at + 1)) {
    const marker = file[at + 1] ?? 0;
    if (marker === EOI) return null;
    if (isAlone(marker) || !isSegment(marker)) continue;
    const length = file.readUInt16BE(at + 2);
    const end = at + 2 + length;
    if (length >= 2 && end <= file.length) return { marker, start: at, end };
  }
  return null;
}

/**
 * Whether the end marker is there, or nothing else is missing, or more. A decoder does not notice when the last scans of a progressive JPEG
 * are missing, or a colour's only one: what is there is a picture, too. So all coefficients must have come; and in a
 * sequential JPEG, whose decoder stops at the last pixel, the data must end with it.
 */
function endOf(file: Buffer, header: readonly Segment[]): 'there' | 'missing' | 'cut off' {
  const seen = [...header];
  for (let scan = header.at(-1); scan; ) {
    const next = endOfScan(file, scan.end);
    if (next < 0) return isComplete(file, seen) && endsWithScan(file, seen) ? 'missing' : 'cut off';
    if (file[next + 1] === EOI)
      return hidesItsEnd(file, seen) && lengthOf(file, seen, next) === null ? 'cut off' : 'there';
    const more = segmentsFrom(file, next);
    seen.push(...more);
    scan = more.at(-1);
  }
  // Something lies between two scans; its decoder says whether that matters.
  return 'there';
}

function endsWithScan(file: Buffer, segments: readonly Segment[]): boolean {
  if (segments.some(({ marker }) => marker === PROGRESSIVE)) return true;
  const end = endOfData(file);
  return lengthOf(file, segments, end) === end - (segments.at(-1)?.end ?? 0);
}

/**
 * Whether libvips would overlook what is missing in the last rows: it asks for warnings before it reads the next eight,
 * and there are none. Several scans are read before any row, and where colours are coarser than rows, it reads ahead.
 */
function hidesItsEnd(file: Buffer, segments: readonly Segment[]): boolean {
  const frame = segments.find(({ marker }) => marker === 0xc0 || marker === 0xc1);
  if (!frame || segments.filter(({ marker }) => marker === SOS).length > 1) return false;
  const count = file[frame.start + 9] ?? 0;
  const down = Array.from({ length: count }, (_, i) => (file[frame.start + 11 + 3 * i] ?? 0) & 15);
  return count === 1 || down.every((rows) => rows === 1);
}

/** Bytes that the last scan takes of those up to `end`; `null` where they do not make a whole scan. */
function lengthOf(file: Buffer, segments: readonly Segment[], end: number): number | null {
  const of = (...markers: number[]) =>
    segments.filter(({ marker }) => markers.includes(marker)).map((one) => file.subarray(one.start + 2, one.end));
  const [frame, header] = [of(0xc0, 0xc1)[0], of(SOS).at(-1)];
  if (!frame || !header) return null;
  const data = file.subarray(segments.at(-1)?.end, end);
  const restart = of(0xdd).at(-1)?.readUInt16BE(2) ?? 0;
  return lengthOfScan({ frame, tables: of(0xc4), restart, header, data });
}

/** Where a file without an end marker stops: before what fills it up, and half a marker at the cut. */
function endOfData(file: Buffer): number {
  let end = file.length;
  while (end > 0 && file[end - 1] === 0 && file[end - 2] !== 0xff) end -= 1;
  return file[end - 1] === 0xff ? end - 1 : end;
}

/** Where the coded data end: the next marker that is neither a restart nor a byte of theirs; -1 at the end of the file. */
function endOfScan(file: Buffer, from: number): number {
  for (let at = file.indexOf(0xff, from); at >= 0 && at + 1 < file.length; at = file.indexOf(0xff, at + 1)) {
    const marker = file[at + 1] ?? 0;
    if (marker !== 0 && marker !== 0xff && !isRestart(marker)) return at;
  }
  return -1;
}

/** The segments up to the next scan's header, it included: none may be odd here. */
function segmentsFrom(file: Buffer, from: number): Segment[] {
  const segments: Segment[] = [];
  for (let at = from; ; ) {
    const segment = nextSegment(file, at);
    if (!segment || segment.start !== at) return [];
    segments.push(segment);
    if (segment.marker === SOS) return segments;
    at = segment.end;
  }
}

/** Whether every coefficient of every component has come, to its last bit (T.81, G.1.1.1). */
function isComplete(file: Buffer, segments: readonly Segment[]): boolean {
  const frame = segments.find(({ marker }) => isFrame(marker));
  const count = frame ? (file[frame.start + 9] ?? 0) : 0;
  const missing = new Map<number, Uint8Array>();
  for (let i = 0; i < count; i++)
    missing.set(file[(frame?.start ?? 0) + 10 + 3 * i] ?? 0, new Uint8Array(64).fill(255));
  for (const { marker, start, end } of segments) {
    if (marker !== SOS) continue;
    const scan = file.subarray(start, end);
    const inScan = scan[4] ?? 0;
    const [from = 0, to = 0, bits = 0] = scan.subarray(5 + 2 * inScan);
    for (let i = 0; i < inScan; i++) missing.get(scan[5 + 2 * i] ?? 0)?.fill(bits & 15, from, to + 1);
  }
  return count > 0 && [...missing.values()].every((bits) => bits.every((bit) => bit === 0));
}
