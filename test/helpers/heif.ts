/** A HEIF writer of the few boxes that tests need: around HEVC or AV1 data that a real encoder made. */

export interface HeifItem {
  readonly type: 'hvc1' | 'av01' | 'unci' | 'j2k1' | 'grid' | 'iovl' | 'iden' | 'tmap';
  readonly data: Uint8Array;
  /** Indices into `properties`. */
  readonly properties: readonly number[];
  /** Indices of the items that a grid, an overlay or another derived picture is made of. */
  readonly tiles?: readonly number[];
  /** Index of the item whose alpha (by its `auxC`) this is. */
  readonly auxiliaryTo?: number;
}

/** A file whose primary item is the first; items that are tiles of another are hidden. */
export function heif(items: readonly HeifItem[], properties: readonly Uint8Array[], brand = 'heic'): Buffer {
  const ftyp = box('ftyp', text(brand), u32(0), text(`mif1${brand}`));
  // The offsets in iloc do not change its length, so the first pass finds out where the data will start.
  const dataStart = ftyp.length + meta(items, properties, 0).length + 8;
  return Buffer.concat([ftyp, meta(items, properties, dataStart), box('mdat', ...items.map(({ data }) => data))]);
}

/** The configuration box and the coded picture of a one-picture HEIC or, with `av1C`, AVIF file. */
export function takeApart(file: Buffer, config: 'hvcC' | 'av1C' = 'hvcC'): { config: Buffer; coded: Buffer } {
  const at = (type: string) => file.indexOf(type) - 4;
  const slice = (start: number) => file.subarray(start, start + file.readUInt32BE(start));
  return { config: slice(at(config)), coded: slice(at('mdat')).subarray(8) };
}

/** Pictures of `width` x `height` pixels, before any turn. */
export const ispe = (width: number, height: number) => full('ispe', 0, u32(width), u32(height));
/** A turn by `quarters` of 90 degrees against the clock. */
export const irot = (quarters: number) => box('irot', Buffer.from([quarters]));
/** A mirror: axis 0 swaps top and bottom, 1 swaps left and right. */
export const imir = (axis: 0 | 1) => box('imir', Buffer.from([axis]));
export const icc = (profile: Uint8Array) => box('colr', text('prof'), profile);
/** Colour by the numbers of ITU-T H.273: primaries 12 Display P3, 9 Rec. 2020, 1 sRGB; curves 13 sRGB, 16 PQ, 18 HLG. */
export const nclx = (primaries: number, transfer = 13) =>
  box('colr', text('nclx'), u16(primaries, transfer, 6), Buffer.from([0x80]));
/** A decoder configuration that announces pictures of `width` x `height` pixels, and is good for nothing else. */
export function hvcC(width: number, height: number): Buffer {
  const golomb = (value: number) => (value + 1).toString(2).padStart(2 * (value + 1).toString(2).length - 1, '0');
  // One sub-layer, a profile and level of 96 bits (with the 3s that keep start codes away), set 0, colour 4:2:0.
  const profile = '0'.repeat(3) + '1'.repeat(93);
  const bits = `${'0'.repeat(7)}1${profile}${golomb(0)}${golomb(1)}${golomb(width)}${golomb(height)}1`;
  const bytes = bits.match(/.{1,8}/g) ?? [];
  const unit = Buffer.from([0x42, 1, ...bytes.map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2))]);
  return box('hvcC', Buffer.alloc(21), Buffer.from([3, 1, 33]), u16(1, unit.length), unit);
}
/** Says that an item is the alpha of another. */
export const ALPHA = full('auxC', 0, text('urn:mpeg:hevc:2015:auxid:1\0'));
/** What a grid item says: `columns` x `rows` tiles, cut to `width` x `height`. */
export const gridOf = (columns: number, rows: number, width: number, height: number) =>
  Buffer.concat([Buffer.from([0, 0, rows - 1, columns - 1]), u16(width, height)]);

function meta(items: readonly HeifItem[], properties: readonly Uint8Array[], dataStart: number): Buffer {
  const hidden = new Set(items.flatMap(({ tiles }) => tiles ?? []));
  const grids = items.flatMap(({ tiles }, i) => (tiles ? [{ id: i + 1, tiles: tiles.map((t) => t + 1) }] : []));
  const references = [
    ...grids.map(({ id, tiles }) => box('dimg', u16(id, tiles.length, ...tiles))),
    ...items.flatMap(({ auxiliaryTo: to }, i) => (to === undefined ? [] : [box('auxl', u16(i + 1, 1, to + 1))])),
  ];
  const infe = items.map(({ type }, i) =>
    full('infe', 0x02000000 | (hidden.has(i) ? 1 : 0), u16(i + 1, 0), text(`${type}\0`)),
  );
  const ipma = items.map(({ properties: its }, i) =>
    Buffer.concat([u16(i + 1), Buffer.from([its.length, ...its.map((p) => 0x80 | (p + 1))])]),
  );
  let offset = dataStart;
  const extents = items.map(({ data }, i) => {
    const extent = Buffer.concat([u16(i + 1, 0, 1), u32(offset), u32(data.length)]);
    offset += data.length;
    return extent;
  });
  return full(
    'meta',
    0,
    full('hdlr', 0, u32(0), text('pict'), Buffer.alloc(13)),
    full('pitm', 0, u16(1)),
    full('iinf', 0, u16(items.length), ...infe),
    ...(references.length ? [full('iref', 0, ...references)] : []),
    box('iprp', box('ipco', ...properties), full('ipma', 0, u32(items.length), ...ipma)),
    full('iloc', 0, Buffer.from([0x44, 0]), u16(items.length), ...extents),
  );
}

function box(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([u32(8 + content.length), text(type), content]);
}

function full(type: string, versionAndFlags: number, ...parts: readonly Uint8Array[]): Buffer {
  return box(type, u32(versionAndFlags), ...parts);
}

function text(latin1: string): Buffer {
  return Buffer.from(latin1, 'latin1');
}

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt16BE(value, 2 * i);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
