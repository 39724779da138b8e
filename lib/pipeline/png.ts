/** Chunks that hold words, which no pixel depends on (PNG, third edition, 11.3.3). */
const TEXTS = new Set(['tEXt', 'zTXt', 'iTXt']);
/** The length before a chunk's name, and the checksum behind its content. */
const LENGTH_AND_SUM = 8;

interface Chunk {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** Where the first chunk of pixels begins; -1 for a PNG without any. */
export function pixelsAt(bytes: Uint8Array): number {
  for (const { type, start } of headOf(bufferOf(bytes))) if (type === 'IDAT') return start;
  return -1;
}

/**
 * A PNG without the texts before its pixels. A decoder reads them all, and a kilobyte of one may be a megabyte.
 * @param bytes a PNG; not changed
 * @returns the same bytes where there is no text
 */
export function withoutTexts(bytes: Uint8Array): Uint8Array {
  const file = bufferOf(bytes);
  if (!hasText(file)) return bytes;
  const kept = Buffer.allocUnsafe(file.length);
  let [from, to] = [0, 0];
  for (const { type, start, end } of headOf(file)) {
    if (!TEXTS.has(type)) continue;
    to += file.copy(kept, to, from, start);
    from = end;
  }
  to += file.copy(kept, to, from);
  return kept.subarray(0, to);
}

const bufferOf = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function hasText(file: Buffer): boolean {
  for (const { type } of headOf(file)) if (TEXTS.has(type)) return true;
  return false;
}

/** The chunks up to the first of pixels, it included, as far as they are whole. */
function* headOf(file: Buffer): Generator<Chunk> {
  for (let at = 8; at + LENGTH_AND_SUM <= file.length; ) {
    const type = file.toString('latin1', at + 4, at + 8);
    const end = at + LENGTH_AND_SUM + 4 + file.readUInt32BE(at);
    if (type !== 'IDAT' && end > file.length) return;
    yield { type, start: at, end };
    if (type === 'IDAT') return;
    at = end;
  }
}
