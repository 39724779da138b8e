/** Interleaved 8-bit pixels that still need their colour profile applied. */
export interface RawPixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  /** Bytes from one row to the next, at least `channels * width`. */
  readonly stride: number;
  /** `stride * height` bytes, R G B or R G B A (alpha not premultiplied); may be a view of memory that moves. */
  readonly data: Uint8Array;
  /** ICC profile that says what the numbers mean; `null` for sRGB. */
  readonly icc: Uint8Array | null;
}

const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;
const BYTES = { [SHORT]: 2, [LONG]: 4, [UNDEFINED]: 1 } as const;

/**
 * An uncompressed little-endian TIFF around raw pixels: the one road by which sharp takes pixels together with
 * the profile that they came with. Costs one copy.
 */
export function tiff({ width, height, channels, stride, data, icc }: RawPixels): Uint8Array {
  const rowBytes = channels * width;
  const entries: [tag: number, type: keyof typeof BYTES, count: number, value: number][] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    [258, SHORT, channels, 0], // bits per sample; the offset is filled in below
    [259, SHORT, 1, 1], // no compression
    [262, SHORT, 1, 2], // RGB
    [273, LONG, 1, 0], // where the pixels start; filled in below
    [277, SHORT, 1, channels],
    [278, LONG, 1, height],
    [279, LONG, 1, rowBytes * height],
    ...(channels === 4 ? [[338, SHORT, 1, 2] as [number, 3, number, number]] : []), // the fourth is plain alpha
    ...(icc ? [[34675, UNDEFINED, icc.length, 0] as [number, 7, number, number]] : []),
  ];
  const bitsAt = 8 + 2 + 12 * entries.length + 4;
  const iccAt = bitsAt + 2 * channels;
  const pixelsAt = (iccAt + (icc?.length ?? 0) + 1) & ~1;
  const offsets: Readonly<Record<number, number>> = { 258: bitsAt, 273: pixelsAt, 34675: iccAt };

  const file = new Uint8Array(pixelsAt + rowBytes * height);
  const out = new DataView(file.buffer);
  file.set([0x49, 0x49, 42, 0, 8, 0, 0, 0]);
  out.setUint16(8, entries.length, true);
  entries.forEach(([tag, type, count, value], i) => {
    const at = 10 + 12 * i;
    out.setUint16(at, tag, true);
    out.setUint16(at + 2, type, true);
    out.setUint32(at + 4, count, true);
    // On a little-endian file a SHORT written as a LONG reads the same.
    out.setUint32(at + 8, offsets[tag] ?? value, true);
  });
  for (let c = 0; c < channels; c++) out.setUint16(bitsAt + 2 * c, 8, true);
  if (icc) file.set(icc, iccAt);
  for (let y = 0; y < height; y++) {
    file.set(data.subarray(y * stride, y * stride + rowBytes), pixelsAt + y * rowBytes);
  }
  return file;
}
