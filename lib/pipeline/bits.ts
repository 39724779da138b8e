/** Reads a header bit by bit, most significant first. @throws RangeError beyond its end */
export class Bits {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  skip(count: number): void {
    this.at += count;
  }

  /** An unsigned number of 0 to 32 bits. */
  number(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.at++) {
      const byte = this.bytes[this.at >> 3];
      if (byte === undefined) throw new RangeError('beyond the end of the header');
      value = value * 2 + ((byte >> (7 - (this.at & 7))) & 1);
    }
    return value;
  }

  /** An Exp-Golomb number, `ue(v)` of HEVC and `uvlc()` of AV1. */
  golomb(): number {
    let zeros = 0;
    while (this.number(1) === 0) if (++zeros > 32) throw new RangeError('no such number');
    return 2 ** zeros - 1 + this.number(zeros);
  }
}
