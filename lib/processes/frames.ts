/** What two processes say to each other: a small JSON value, and bytes that belong to it. */
export interface Frame {
  readonly json: unknown;
  readonly data: Uint8Array;
}

const HEAD = 8;

/** A frame as the parts to be written one after another; `data` is not copied. */
export function frameParts(json: unknown, data: Uint8Array): readonly Uint8Array[] {
  const text = Buffer.from(JSON.stringify(json));
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(text.length, 0);
  head.writeUInt32BE(data.length, 4);
  return [head, text, data];
}

/** Puts frames together again from chunks of any length, each byte copied once. */
export class FrameReader {
  private part = 0;
  private parts = [new Uint8Array(HEAD), new Uint8Array(0), new Uint8Array(0)] as const;
  private filled = 0;

  constructor(private readonly onFrame: (frame: Frame) => void) {}

  push(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0) {
      const target = this.parts[this.part] as Uint8Array;
      const taken = rest.subarray(0, target.length - this.filled);
      target.set(taken, this.filled);
      this.filled += taken.length;
      rest = rest.subarray(taken.length);
      while (this.filled === this.parts[this.part]?.length) this.next();
    }
  }

  private next(): void {
    this.filled = 0;
    this.part += 1;
    const [head, text, data] = this.parts;
    if (this.part === 1) {
      const lengths = new DataView(head.buffer);
      this.parts = [head, new Uint8Array(lengths.getUint32(0)), new Uint8Array(lengths.getUint32(4))];
    } else if (this.part === 3) {
      this.part = 0;
      this.parts = [new Uint8Array(HEAD), new Uint8Array(0), new Uint8Array(0)];
      this.onFrame({ json: JSON.parse(new TextDecoder().decode(text)), data });
    }
  }
}
