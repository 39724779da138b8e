import { CodeReader, type Codes } from './jpeg-codes';

/** A component as the frame header names it (ITU-T T.81, B.2.2), and its blocks of 8 x 8 pixels. */
interface Component {
  readonly id: number;
  readonly across: number;
  readonly down: number;
  /** Blocks in a row, and rows, of a scan of this component alone. */
  readonly width: number;
  readonly height: number;
  /** Of a progressive JPEG, a bit for each coefficient that is no longer 0: 8 bytes a block. */
  readonly known: Uint8Array;
}

/** One scan: its header from the length on, what stands before it, and everything behind it. */
export interface Scan {
  readonly header: Buffer;
  readonly codes: ReadonlyMap<number, Codes>;
  /** Units between restart markers, 0 for none. */
  readonly restart: number;
  readonly data: Buffer;
}

/** Walks through one scan after the other; returns the bytes of `data` that each takes, `null` where it is not whole. */
export type Walk = (scan: Scan) => number | null;

type Block = (reader: CodeReader) => void;

/**
 * Finds where the codes of each scan end, by walking through every one of them (T.81, F.2.2 and G.2) without making
 * pixels: a decoder that is lenient at the end of its data would not notice that it had to make up the last of them.
 *
 * @param frame the frame header from its length on
 */
export function walkOf(frame: Buffer, progressive: boolean): Walk {
  const [height, width] = [frame.readUInt16BE(3), frame.readUInt16BE(5)];
  const samplings = Array.from({ length: frame[7] ?? 0 }, (_, i) => frame[9 + 3 * i] ?? 0);
  const mostAcross = Math.max(1, ...samplings.map((sampling) => sampling >> 4));
  const mostDown = Math.max(1, ...samplings.map((sampling) => sampling & 15));
  const components = samplings.map((sampling, i): Component => {
    const [across, down] = [sampling >> 4, sampling & 15];
    const blocks = { width: blocksOf(width, across, mostAcross), height: blocksOf(height, down, mostDown) };
    const known = new Uint8Array(progressive ? 8 * blocks.width * blocks.height : 0);
    return { id: frame[8 + 3 * i] ?? 0, across, down, ...blocks, known };
  });
  const units = Math.ceil(width / (8 * mostAcross)) * Math.ceil(height / (8 * mostDown));

  return ({ header, codes, restart, data }) => {
    const count = header[2] ?? 0;
    const blocks: Block[] = [];
    let only: Component | undefined;
    for (let i = 0; i < count; i++) {
      const component = components.find(({ id }) => id === header[3 + 2 * i]);
      const selectors = header[4 + 2 * i] ?? 0;
      const [dc, ac] = [codes.get(selectors >> 4), codes.get(0x10 | (selectors & 15))];
      const spectrum = header.subarray(3 + 2 * count);
      const block = component && (progressive ? progressiveBlock(component, spectrum, dc, ac) : wholeBlock(dc, ac));
      if (!component || !block) return null;
      only = count === 1 ? component : undefined;
      for (let n = only ? 1 : component.across * component.down; n > 0; n--) blocks.push(block);
    }
    const reader = new CodeReader(data);
    const total = only ? only.width * only.height : units;
    for (let unit = 0; unit < total; unit++) {
      if (restart > 0 && unit > 0 && unit % restart === 0) reader.restart((unit / restart - 1) & 7);
      for (const block of blocks) block(reader);
      if (reader.failed) return null;
    }
    return reader.padded ? reader.end : null;
  };
}

const blocksOf = (pixels: number, sampling: number, most: number) =>
  Math.ceil(Math.ceil((pixels * sampling) / most) / 8);

/** A block of a sequential JPEG: all 64 coefficients. */
function wholeBlock(dc: Codes | undefined, ac: Codes | undefined): Block | null {
  if (!dc || !ac) return null;
  return (reader) => {
    reader.take(reader.code(dc) & 15);
    for (let k = 1; k < 64 && !reader.failed; ) {
      const value = reader.code(ac);
      const size = value & 15;
      if (size === 0 && value !== 0xf0) return;
      k += (value >> 4) + 1;
      if (k > 64) reader.failed = true;
      reader.take(size);
    }
  };
}

/** A block of one scan of a progressive JPEG: some coefficients, or one more bit of them. */
function progressiveBlock(
  component: Component,
  [from = 0, to = 0, bits = 0]: Uint8Array,
  dc: Codes | undefined,
  ac: Codes | undefined,
): Block | null {
  const first = bits >> 4 === 0;
  if (from === 0) {
    if (!first) return (reader) => reader.take(1);
    return dc ? (reader) => reader.take(reader.code(dc) & 15) : null;
  }
  return ac ? (first ? firstBits : nextBits)(component.known, from, Math.min(to, 63), ac) : null;
}

/** Each call is the next block; a code may say that so many blocks hold nothing more (T.81, G.1.2.2). */
function firstBits(known: Uint8Array, from: number, to: number, ac: Codes): Block {
  let [block, empty] = [-1, 0];
  return (reader) => {
    block += 1;
    if (empty > 0) {
      empty -= 1;
      return;
    }
    for (let k = from; k <= to && !reader.failed; k++) {
      const value = reader.code(ac);
      const [run, size] = [value >> 4, value & 15];
      if (size === 0 && run < 15) {
        empty = (1 << run) + reader.take(run) - 1;
        return;
      }
      k += run;
      if (k > to) reader.failed = true;
      if (size > 0) mark(known, 64 * block + k);
      reader.take(size);
    }
  };
}

/** One more bit of what is known, and what is new (T.81, G.1.2.3). */
function nextBits(known: Uint8Array, from: number, to: number, ac: Codes): Block {
  let [block, empty] = [-1, 0];
  return (reader) => {
    block += 1;
    let k = from;
    for (; empty === 0 && k <= to && !reader.failed; k++) {
      const value = reader.code(ac);
      let run = value >> 4;
      const isNew = (value & 15) > 0;
      if (isNew) reader.take(1);
      else if (run < 15) {
        empty = (1 << run) + reader.take(run);
        break;
      }
      for (; k <= to; k++) {
        if (isMarked(known, 64 * block + k)) reader.take(1);
        else if (run === 0) break;
        else run -= 1;
      }
      if (k <= to && isNew) mark(known, 64 * block + k);
    }
    if (empty === 0) return;
    for (; k <= to; k++) if (isMarked(known, 64 * block + k)) reader.take(1);
    empty -= 1;
  };
}

function mark(bits: Uint8Array, index: number): void {
  bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
}

const isMarked = (bits: Uint8Array, index: number): boolean => (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
