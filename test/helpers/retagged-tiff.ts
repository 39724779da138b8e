import { tiff } from '../../lib/pipeline/tiff';

const PIXELS = {
  width: 64,
  height: 64,
  channels: 3 as const,
  stride: 192,
  data: Buffer.alloc(192 * 64, 90),
  icc: null,
};

/** A TIFF of 64 x 64 pixels whose entries of these tags are others. */
export function retagged(...changes: [tag: number, becomes: number, value: number][]): Buffer {
  const file = Buffer.from(tiff(PIXELS));
  for (const [tag, becomes, value] of changes) {
    const at = Array.from({ length: file.readUInt16LE(8) }, (_, i) => 10 + 12 * i).find(
      (i) => file.readUInt16LE(i) === tag,
    )!;
    file.writeUInt16LE(becomes, at);
    file.writeUInt32LE(value, at + 8);
  }
  return file;
}
