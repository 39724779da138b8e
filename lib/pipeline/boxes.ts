/** A box of an ISO base media file (ISO/IEC 14496-12): what stands in it lies from `start` to `end` of the file. */
export interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The boxes that lie one after another from `start` to `end`; stops at what is no box. Lengths beyond `end` are
 * cut to it, so that nothing outside is ever read.
 */
export function* boxes(file: Buffer, start: number, end: number): Generator<Box> {
  for (let at = start; at + 8 <= end; ) {
    const short = file.readUInt32BE(at);
    const long = short === 1 && at + 16 <= end;
    // Zero says "to the end"; lengths above 2^53 lose digits, but are far beyond the end anyway.
    const length = short === 0 ? end - at : long ? Number(file.readBigUInt64BE(at + 8)) : short;
    const head = long ? 16 : 8;
    if (length < head) return;
    const next = Math.min(end, at + length);
    yield { type: file.toString('latin1', at + 4, at + 8), start: at + head, end: next };
    at = next;
  }
}

/** The first box of a type, or `undefined`. */
export function firstBox(file: Buffer, type: string, start: number, end: number): Box | undefined {
  for (const box of boxes(file, start, end)) if (box.type === type) return box;
  return undefined;
}

/** Reads numbers one after another, big-endian. @throws RangeError beyond `end` */
export class Cursor {
  constructor(
    private readonly file: Buffer,
    public at: number,
    readonly end: number,
  ) {}

  /** An unsigned number of `bytes` bytes; 0 bytes are 0. */
  number(bytes: number): number {
    const start = this.at;
    if (start + bytes > this.end) throw new RangeError('beyond the end of its box');
    this.at += bytes;
    let value = 0;
    for (let i = start; i < this.at; i++) value = value * 256 + (this.file[i] ?? 0);
    return value;
  }

  text(bytes: number): string {
    if (this.at + bytes > this.end) throw new RangeError('beyond the end of its box');
    this.at += bytes;
    return this.file.toString('latin1', this.at - bytes, this.at);
  }
}
