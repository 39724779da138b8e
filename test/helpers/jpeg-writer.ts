import type { Photo } from '../../lib/raster';

/** How a JPEG is written that sharp would not write. */
export interface JpegKind {
  /** Sampling of brightness beside colour: 2 x 1 is 4:2:2, 1 x 1 is 4:4:4. */
  readonly across?: 1 | 2;
  readonly down?: 1 | 2;
  readonly grey?: boolean;
  /** Units between restart markers; 0 for none. */
  readonly restart?: number;
}

/** One quantiser for all coefficients: coarse enough for short codes, fine enough for a picture. */
const STEP = 12;

/** Coefficients in the order of their frequency (ITU-T T.81, figure A.6): `8 * row + column` of each. */
const ZIGZAG = Array.from({ length: 64 }, (_, i) => i).sort((a, b) => {
  const diagonal = (i: number) => (i >> 3) + (i & 7);
  if (diagonal(a) !== diagonal(b)) return diagonal(a) - diagonal(b);
  return diagonal(a) % 2 === 0 ? (a & 7) - (b & 7) : (b & 7) - (a & 7);
});

/** Codes of one length for all symbols: no tables to look up, and a code for whatever may come. */
const DC = Array.from({ length: 12 }, (_, i) => i);
const AC = Array.from({ length: 160 }, (_, i) => ((i / 10) << 4) | ((i % 10) + 1)).concat(0x00, 0xf0);
const codeOf = (symbols: readonly number[], length: number, symbol: number) =>
  symbols.indexOf(symbol).toString(2).padStart(length, '0');

/** A baseline JPEG of a photo, by a plain encoder. */
export function writeJpeg(photo: Photo, { across = 1, down = 1, grey = false, restart = 0 }: JpegKind = {}): Buffer {
  const { width, height } = photo;
  const planes = (grey ? [0] : [0, 1, 2]).map((plane) => ({
    pixel: plane === 0 ? brightness(photo) : colour(photo, plane, across, down),
    blocks: plane === 0 && !grey ? { across, down } : { across: 1, down: 1 },
    before: 0,
  }));
  const [side, rise] = grey ? [8, 8] : [8 * across, 8 * down];
  const [columns, rows] = [Math.ceil(width / side), Math.ceil(height / rise)];
  const data: number[] = [];
  let bits = '';
  const flush = () => {
    for (const byte of bits.match(/.{1,8}/g) ?? []) {
      const value = Number.parseInt(byte.padEnd(8, '1'), 2);
      data.push(...(value === 0xff ? [value, 0] : [value]));
    }
    bits = '';
  };
  for (let unit = 0; unit < columns * rows; unit++) {
    if (restart > 0 && unit > 0 && unit % restart === 0) {
      flush();
      data.push(0xff, 0xd0 + ((unit / restart - 1) & 7));
      for (const plane of planes) plane.before = 0;
    }
    for (const plane of planes) {
      for (let block = 0; block < plane.blocks.across * plane.blocks.down; block++) {
        const x = 8 * ((unit % columns) * plane.blocks.across + (block % plane.blocks.across));
        const y = 8 * (Math.floor(unit / columns) * plane.blocks.down + Math.floor(block / plane.blocks.across));
        const values = transformed((i, j) => plane.pixel(x + i, y + j));
        bits += coded(values, plane.before);
        plane.before = values[0]!;
      }
    }
  }
  flush();
  const segment = (marker: number, ...content: number[]) =>
    Buffer.from([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255, ...content]);
  const table = (kind: number, length: number, symbols: readonly number[]) =>
    segment(0xc4, kind, ...Array.from({ length: 16 }, (_, i) => (i + 1 === length ? symbols.length : 0)), ...symbols);
  const parts = planes.flatMap(({ blocks }, i) => [i + 1, (blocks.across << 4) | blocks.down, 0]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, 0, ...Array(64).fill(STEP)),
    segment(0xc0, 8, height >> 8, height & 255, width >> 8, width & 255, planes.length, ...parts),
    table(0x00, 4, DC),
    table(0x10, 8, AC),
    ...(restart > 0 ? [segment(0xdd, restart >> 8, restart & 255)] : []),
    segment(0xda, planes.length, ...planes.flatMap((_, i) => [i + 1, 0]), 0, 63, 0),
    Buffer.from(data),
    Buffer.from([0xff, 0xd9]),
  ]);
}

type Plane = (x: number, y: number) => number;

const rgbAt = ({ width, height, rgb }: Photo, x: number, y: number): readonly number[] => {
  const o = 3 * (Math.min(y, height - 1) * width + Math.min(x, width - 1));
  return [rgb[o]!, rgb[o + 1]!, rgb[o + 2]!];
};

const brightness =
  (photo: Photo): Plane =>
  (x, y) => {
    const [r, g, b] = rgbAt(photo, x, y);
    return 0.299 * r! + 0.587 * g! + 0.114 * b! - 128;
  };

/** Blue (1) or red (2) beside brightness, of the first pixel under each sample. */
const colour =
  (photo: Photo, plane: number, across: number, down: number): Plane =>
  (x, y) => {
    const [r, g, b] = rgbAt(photo, across * x, down * y);
    return plane === 1 ? -0.1687 * r! - 0.3313 * g! + 0.5 * b! : 0.5 * r! - 0.4187 * g! - 0.0813 * b!;
  };

const COSINES = Array.from({ length: 64 }, (_, i) => Math.cos(((2 * (i & 7) + 1) * (i >> 3) * Math.PI) / 16));

/** The quantised transform of 8 x 8 samples (T.81, A.3.3), by frequency. */
function transformed(sample: Plane): number[] {
  const samples = Array.from({ length: 64 }, (_, i) => sample(i & 7, i >> 3));
  const scale = (k: number) => (k === 0 ? Math.SQRT1_2 : 1) / 2;
  return ZIGZAG.map((i) => {
    const [u, v] = [i & 7, i >> 3];
    let sum = 0;
    for (let s = 0; s < 64; s++) sum += samples[s]! * COSINES[8 * u + (s & 7)]! * COSINES[8 * v + (s >> 3)]!;
    return Math.round((scale(u) * scale(v) * sum) / STEP);
  });
}

function coded([dc = 0, ...ac]: readonly number[], before: number): string {
  let bits = codeOf(DC, 4, sizeOf(dc - before)) + numberOf(dc - before);
  let run = 0;
  for (const value of ac) {
    if (value === 0) {
      run += 1;
      continue;
    }
    for (; run > 15; run -= 16) bits += codeOf(AC, 8, 0xf0);
    bits += codeOf(AC, 8, (run << 4) | sizeOf(value)) + numberOf(value);
    run = 0;
  }
  return run > 0 ? bits + codeOf(AC, 8, 0x00) : bits;
}

const sizeOf = (value: number) => (value === 0 ? 0 : Math.abs(value).toString(2).length);

/** The bits behind a code: negative numbers with every bit turned over. */
const numberOf = (value: number) => {
  const size = sizeOf(value);
  return size === 0 ? '' : (value > 0 ? value : value + 2 ** size - 1).toString(2).padStart(size, '0');
};
