/** A Huffman table (ITU-T T.81, annex C): for each 16 bits that may come, `length << 8 | value`; 0 for no code. */
export type Codes = Uint16Array;

/** Adds the tables of one DHT segment, from its length on, to those that stand: by class (0x00, 0x10) and number. */
export function addCodes(table: Buffer, codes: Map<number, Codes>): void {
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

/** Reads codes and bits of one scan; `failed` once there are none left, or one that is none. */
export class CodeReader {
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

  /** Whether the rest of the last byte is filled with bits of one kind, as encoders do. */
  get padded(): boolean {
    const left = this.have & 7;
    const rest = this.bits >>> (this.have - left);
    return rest === 0 || rest === (1 << left) - 1;
  }

  restart(number: number): void {
    const at = this.end;
    if (this.data[at] !== 0xff || this.data[at + 1] !== 0xd0 + number) this.failed = true;
    this.at = at + 2;
    this.bits = 0;
    this.have = 0;
  }

  /** The value of the next code. */
  code(lookup: Codes): number {
    this.fill();
    const next = this.have >= 16 ? this.bits >>> (this.have - 16) : this.bits << (16 - this.have);
    const entry = lookup[next & 0xffff] ?? 0;
    const length = entry >> 8;
    if (length === 0) this.failed = true;
    this.take(length);
    return entry & 255;
  }

  /** The next `count` bits, at most 16, as a number. */
  take(count: number): number {
    this.fill();
    if (count > this.have) {
      this.failed = true;
      this.have = 0;
      return 0;
    }
    this.have -= count;
    const taken = this.bits >>> this.have;
    this.bits &= (1 << this.have) - 1;
    return taken;
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
