import { DresscutError } from '../errors';

/** Markers of ITU-T T.81, table B.1. */
export const SOI = 0xd8;
export const EOI = 0xd9;
export const SOS = 0xda;
export const DHT = 0xc4;
export const DRI = 0xdd;
export const PROGRESSIVE = 0xc2;
const TEM = 0x01;
const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;
/** Markers that stand for themselves, without a length. */
const isAlone = (marker: number) => marker === TEM || (marker >= 0xd0 && marker <= EOI);
/** What may stand before a scan: frames, tables, restart interval, application data, comments. */
const isSegment = (marker: number) =>
  (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8) || (marker >= SOS && marker <= 0xef) || marker === 0xfe;
/** More than the largest file has of the largest segments and scans: what is above is no photo. */
const MAX_SEGMENTS = 10_000;
/** Frame headers: all of C0 to CF that are no tables. */
const isFrame = ({ marker }: Segment) => marker >= 0xc0 && marker <= 0xcf && ![DHT, 0xc8, 0xcc].includes(marker);

export interface Segment {
  readonly marker: number;
  /** From the `ff` of its marker to the byte behind it. */
  readonly start: number;
  readonly end: number;
}

/** The first picture of a JPEG, as its markers tell of it; nothing is decoded. */
export interface Structure {
  /** The segments up to the first scan's header, without whatever lies between them. */
  readonly header: readonly Segment[];
  /** Every segment, those between scans included. */
  readonly segments: readonly Segment[];
  /** Where its end marker begins; `null` where it lacks one. */
  readonly end: number | null;
}

/**
 * @returns `null` for a JPEG without a scan
 * @throws DresscutError `too-complex` for one of more than `MAX_SEGMENTS`
 */
export function structureOf(file: Buffer): Structure | null {
  const header = headerOf(file);
  if (header.at(-1)?.marker !== SOS) return null;
  const segments = [...header];
  for (;;) {
    const next = endOfScan(file, segments.at(-1)?.end ?? 0);
    const { more, end } = segmentsFrom(file, next);
    segments.push(...more);
    checkCount(segments);
    if (more.at(-1)?.marker !== SOS) return { header, segments, end };
  }
}

function checkCount({ length }: readonly Segment[]): void {
  if (length <= MAX_SEGMENTS) return;
  const message = `The JPEG photo has more than ${MAX_SEGMENTS} segments; save it anew.`;
  throw new DresscutError('too-complex', message, { facts: { format: 'jpeg', maxSegments: MAX_SEGMENTS } });
}

/** What a segment holds, from its length on. */
export const contentOf = (file: Buffer, { start, end }: Segment): Buffer => file.subarray(start + 2, end);

/** The frame header, and what kind of frame it is; `null` where there is none. */
export function frameOf(file: Buffer, segments: readonly Segment[]): { marker: number; content: Buffer } | null {
  const frame = segments.find(isFrame);
  return frame ? { marker: frame.marker, content: contentOf(file, frame) } : null;
}

/** The segments that follow at `from`, up to the next scan's header, it included: none may be odd there. */
export function segmentsFrom(file: Buffer, from: number): { more: Segment[]; end: number | null } {
  const more: Segment[] = [];
  for (let at = from; at >= 0; ) {
    // Any number of `ff` may stand before a marker.
    while (file[at] === 0xff && file[at + 1] === 0xff) at += 1;
    if (file[at] === 0xff && file[at + 1] === EOI) return { more, end: at };
    const segment = nextSegment(file, at);
    if (!segment || segment.start !== at) break;
    more.push(segment);
    checkCount(more);
    if (segment.marker === SOS) break;
    at = segment.end;
  }
  return { more, end: null };
}

function headerOf(file: Buffer): Segment[] {
  const segments: Segment[] = [];
  for (let at = 2; at >= 0; ) {
    const segment = nextSegment(file, at);
    if (!segment) break;
    segments.push(segment);
    checkCount(segments);
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

/** Where the coded data end: the next marker that is neither a restart nor a byte of theirs; -1 at the end of the file. */
function endOfScan(file: Buffer, from: number): number {
  for (let at = file.indexOf(0xff, from); at >= 0 && at + 1 < file.length; at = file.indexOf(0xff, at + 1)) {
    const marker = file[at + 1] ?? 0;
    if (marker !== 0 && marker !== 0xff && !isRestart(marker)) return at;
  }
  return -1;
}
