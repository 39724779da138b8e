/** A component as the frame header names it (ITU-T T.81, B.2.2). */
interface Component {
  readonly id: number;
  readonly across: number;
  readonly down: number;
}

/** What is needed to walk through the last scan of a sequential JPEG: the segments before it, from their length on. */
export interface Scan {
  readonly frame: Buffer;
  readonly tables: readonly Buffer[];
  /** Blocks of blocks between restart markers, 0 for none. */
  readonly restart: number;
  readonly header: Buffer;
  readonly data: Buffer;
}

/**
 * Where the coded data of the last scan end, found by walking through every code of it (T.81, F.2.2) without making
 * pixels: a decoder that is lenient at the end of its data would not notice that it had to make up the last of them.
 *
 * @returns bytes of `data` that the scan takes; `null` where they do not make a whole scan
 */
export function lengthOfScan({ frame, tables, restart, header, data }: Scan): number | null {
  const components = componentsOf(frame);
  const codes = codesOf(tables);
  const [height, width] = [frame.readUInt16BE(3), frame.readUInt16BE(5)];
  const [mostAcross, mostDown] = [
    Math.max(...components.map((c) => c.across)),
    Math.max(...components.map((c) => c.down)),
  ];
  const count = header[2] ?? 0;
  const blocks: { dc: Uint16Array; ac: Uint16Array }[] = [];
  for (let i = 0; i < count; i++) {
    const component = components.find(({ id }) => id === header[3 + 2 * i]);
    const selectors = header[4 + 2 * i] ?? 0;
    const [dc, ac] = [codes.get(selectors >> 4), codes.get(0x10 | (selectors & 15))];
    if (!component || !dc || !ac) return null;
    const times = count === 1 ? 1 : component.across * component.down;
    for (let n = 0; n < times; n++) blocks.push({ dc, ac });
  }
  const only = count === 1 ? components.find(({ id }) => id === header[3]) : undefined;
  const unitsAcross = only
    ? Math.ceil(Math.ceil((width * only.across) / mostAcross) / 8)
    : Math.ceil(width / (8 * mostAcross));
  const unitsDown = only
    ? Math.ceil(Math.ceil((height * only.down) / mostDown) / 8)
    : Math.ceil(height / (8 * mostDown));
  const reader = new CodeReader(data);
  for (let unit = 0; unit < unitsAcross * unitsDown; unit++) {
    if (restart > 0 && unit > 0 && unit % restart === 0) reader.restart((unit / restart - 1) & 7);
    for (const { dc, ac } of blocks) reader.block(dc, ac);
    if (reader.failed) return null;
  }
  return reader.end;
}

function componentsOf(frame: Buffer): Component[] {
  return Array.from({ length: frame[7] ?? 0 }, (_, i) => {
    const sampling = frame[9 + 3 * i] ?? 0;
    return { id: frame[8 + 3 * i] ?? 0, across: sampling >> 4, down: sampling & 15 };
  });
}

/** Huffman tables by class and number: for each 16 bits that may come, `length << 8 | value`; 0 for no code. */
function codesOf(tables: readonly Buffer[]): Map<number, Uint16Array> {
  const codes = new Map<number, Uint16Array>();
  for (const table of tables) {
    for (let at = 2; at + 17 <= table.length; ) {
      const lookup = new Uint16Array(65_536);
      codes.set(table[at] ?? 0, lookup);
      let [next, value] = [0, at + 17];
      for (let length = 1; length <= 16; length++) {
        const width = 1 << (16 - length);
        for (let n = table[at + length] ?? 0; n > 0; n--, next += width)
          lookup.fill((length << 8) | (table[value++] ?? 0), next, next + width);
      }
      at = value;
    }
  }
  return codes;
}

/** Reads codes; `failed` once there are none left, or one that is none. */
class CodeReader {
  failed = false;
  private at = 0;
  private bits = 0;
  private have = 0;

  constructor(private readonly data: Buffer) {}

  /** Bytes taken, the last one perhaps in part. */
  get end(): number {
    let end = this.at;
    // Whole bytes that were taken in advance; an `ff` is stored as `ff 00`.
    for (let spare = this.have >> 3; spare > 0; spare--)
      end -= this.data[end - 1] === 0 && this.data[end - 2] === 0xff ? 2 : 1;
    return end;
  }

  block(dc: Uint16Array, ac: Uint16Array): void {
    this.skip(this.code(dc));
    for (let k = 1; k < 64 && !this.failed; ) {
      const value = this.code(ac);
      const size = value & 15;
      if (size === 0 && value !== 0xf0) return;
      k += (value >> 4) + 1;
      this.skip(size);
    }
  }

  restart(number: number): void {
    const at = this.end;
    if (this.data[at] !== 0xff || this.data[at + 1] !== 0xd0 + number) this.failed = true;
    this.at = at + 2;
    this.bits = 0;
    this.have = 0;
  }

  private code(lookup: Uint16Array): number {
    this.fill();
    const next = this.have >= 16 ? this.bits >>> (this.have - 16) : this.bits << (16 - this.have);
    const entry = lookup[next & 0xffff] ?? 0;
    const length = entry >> 8;
    if (length === 0) this.failed = true;
    this.skip(length);
    return entry & 255;
  }

  private skip(count: number): void {
    this.fill();
    if (count > this.have) this.failed = true;
    this.have -= count;
    this.bits &= (1 << this.have) - 1;
  }

  /** Up to 24 bits: no code and no number is longer than 16. */
  private fill(): void {
    while (this.have <= 16 && this.at < this.data.length) {
      const byte = this.data[this.at] ?? 0;
      if (byte === 0xff && this.data[this.at + 1] !== 0) return;
      this.at += byte === 0xff ? 2 : 1;
      this.bits = (this.bits << 8) | byte;
      this.have += 8;
    }
  }
}
