/** Collects bits, the lowest of each value first. */
export class BitSink {
  private bytes = new Uint8Array(4096);
  private length = 0;
  private word = 0;
  private used = 0;

  /** @param count of bits, at most 24; `value` has no others */
  put(value: number, count: number): void {
    this.word |= value << this.used;
    this.used += count;
    while (this.used >= 8) {
      this.byte(this.word & 255);
      this.word >>>= 8;
      this.used -= 8;
    }
  }

  /** All that was put, the last byte filled with zeros. */
  finish(): Uint8Array<ArrayBuffer> {
    if (this.used > 0) this.byte(this.word & 255);
    return this.bytes.slice(0, this.length);
  }

  private byte(value: number): void {
    if (this.length === this.bytes.length) {
      const more = new Uint8Array(2 * this.length);
      more.set(this.bytes);
      this.bytes = more;
    }
    this.bytes[this.length++] = value;
  }
}
