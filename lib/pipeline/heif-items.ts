import { type Box, boxes, Cursor, firstBox } from './boxes';
import type { Nclx } from './nclx';

/** One item of a HEIF file: a coded picture, or one that is derived from others. */
export interface HeifItem {
  readonly id: number;
  /** `hvc1`, `av01`, `grid`, `iovl`, `iden`, `tmap` ... */
  readonly type: string;
  /** Items that it is made of, in order, as often as each is named. */
  readonly madeOf: readonly number[];
  /** What stands in its properties (`ispe`, `hvcC`, `colr nclx` ...), by type. */
  readonly properties: ReadonlyMap<string, Buffer>;
  /** Its data, as far as the file has them. */
  readonly data: Buffer;
}

export interface HeifFile {
  readonly primary: HeifItem | undefined;
  readonly items: ReadonlyMap<number, HeifItem>;
  /** For each item, those that say of themselves that they are auxiliary to it (alpha, depth ...). */
  readonly auxiliaries: ReadonlyMap<number, readonly number[]>;
}

/** Whether more than one box says what is in a file. */
export function isAmbiguous(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (const { type } of boxes(file, 0, file.length)) if (type === 'meta') count++;
  return count > 1;
}

/**
 * The items that the `meta` box of a HEIF or AVIF file lists (ISO/IEC 14496-12, 8.11; 23008-12, 6).
 * @returns `null` where there is no such box, or one that cannot be read: decoders refuse it, too
 */
export function heifItems(bytes: Uint8Array): HeifFile | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const meta = firstBox(file, 'meta', 0, file.length);
  if (!meta) return null;
  try {
    return read(file, { ...meta, start: meta.start + 4 });
  } catch (thrown) {
    if (thrown instanceof RangeError) return null;
    throw thrown;
  }
}

/** Whether the primary picture, or the first part of it, is coded that way. */
export function isMadeOf({ primary, items }: HeifFile, type: string): boolean {
  return (items.get(primary?.madeOf[0] ?? -1) ?? primary)?.type === type;
}

/** The colour numbers of the primary picture; a grid may leave them to its tiles. */
export function nclxOf({ primary, items }: HeifFile): Nclx | null {
  const first = items.get(primary?.madeOf[0] ?? -1);
  const box = primary?.properties.get('colr nclx') ?? first?.properties.get('colr nclx');
  return box && box.length >= 8 ? { primaries: box.readUInt16BE(4), transfer: box.readUInt16BE(6) } : null;
}

function read(file: Buffer, meta: Box): HeifFile {
  // Of two that should be one, decoders read the first.
  const inner = new Map([...boxes(file, meta.start, meta.end)].reverse().map((box) => [box.type, box]));
  const cursorAt = (type: string) => {
    const box = inner.get(type);
    return new Cursor(file, box?.start ?? 0, box?.end ?? 0);
  };
  const types = readTypes(file, inner.get('iinf'));
  const { madeOf, auxiliaries } = readReferences(file, inner.get('iref'));
  const properties = readProperties(file, inner.get('iprp'));
  const data = readLocations(file, inner.get('iloc'), inner.get('idat'));
  const items = new Map<number, HeifItem>();
  for (const [id, type] of types) {
    items.set(id, {
      id,
      type,
      madeOf: madeOf.get(id) ?? [],
      properties: properties.get(id) ?? new Map(),
      data: data.get(id) ?? Buffer.alloc(0),
    });
  }
  const pitm = cursorAt('pitm');
  const primary = inner.has('pitm') ? pitm.number(pitm.number(4) < 2 ** 24 ? 2 : 4) : -1;
  return { primary: items.get(primary), items, auxiliaries };
}

function readTypes(file: Buffer, box: Box | undefined): Map<number, string> {
  const types = new Map<number, string>();
  if (!box) return types;
  const version = file[box.start] ?? 0;
  for (const { type, start, end } of boxes(file, box.start + (version === 0 ? 6 : 8), box.end)) {
    const cursor = new Cursor(file, start, end);
    const entry = cursor.number(4) >>> 24;
    if (type !== 'infe' || entry < 2) continue;
    const id = cursor.number(entry === 2 ? 2 : 4);
    cursor.number(2);
    types.set(id, cursor.text(4));
  }
  return types;
}

function readReferences(file: Buffer, box: Box | undefined) {
  const madeOf = new Map<number, number[]>();
  const auxiliaries = new Map<number, number[]>();
  if (!box) return { madeOf, auxiliaries };
  const idBytes = file[box.start] === 0 ? 2 : 4;
  for (const { type, start, end } of boxes(file, box.start + 4, box.end)) {
    const cursor = new Cursor(file, start, end);
    const from = cursor.number(idBytes);
    for (let left = cursor.number(2); left > 0; left--) {
      const to = cursor.number(idBytes);
      if (type === 'dimg') push(madeOf, from, to);
      if (type === 'auxl') push(auxiliaries, to, from);
    }
  }
  return { madeOf, auxiliaries };
}

function push(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function readProperties(file: Buffer, box: Box | undefined): Map<number, Map<string, Buffer>> {
  const byItem = new Map<number, Map<string, Buffer>>();
  const ipco = box && firstBox(file, 'ipco', box.start, box.end);
  if (!box || !ipco) return byItem;
  const all = [...boxes(file, ipco.start, ipco.end)];
  for (const { type, start, end } of boxes(file, box.start, box.end)) {
    if (type !== 'ipma') continue;
    const cursor = new Cursor(file, start, end);
    const versionAndFlags = cursor.number(4);
    const idBytes = versionAndFlags < 2 ** 24 ? 2 : 4;
    const wide = (versionAndFlags & 1) === 1;
    for (let left = cursor.number(4); left > 0; left--) {
      const id = cursor.number(idBytes);
      const its = byItem.get(id) ?? new Map<string, Buffer>();
      byItem.set(id, its);
      for (let count = cursor.number(1); count > 0; count--) {
        const property = all[(wide ? cursor.number(2) & 0x7fff : cursor.number(1) & 0x7f) - 1];
        if (!property) continue;
        const { type: kind, start: from, end: to } = property;
        // A picture may have an ICC profile and colour numbers, both in boxes of this type.
        const name = kind === 'colr' ? `colr ${file.toString('latin1', from, from + 4)}` : kind;
        if (!its.has(name)) its.set(name, file.subarray(from, to));
      }
    }
  }
  return byItem;
}

function readLocations(file: Buffer, iloc: Box | undefined, idat: Box | undefined): Map<number, Buffer> {
  const data = new Map<number, Buffer>();
  if (!iloc) return data;
  const cursor = new Cursor(file, iloc.start, iloc.end);
  const version = cursor.number(4) >>> 24;
  const sizes = cursor.number(2);
  const [offsetBytes, lengthBytes, baseBytes] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15];
  const indexBytes = version > 0 ? sizes & 15 : 0;
  for (let left = cursor.number(version < 2 ? 2 : 4); left > 0; left--) {
    const id = cursor.number(version < 2 ? 2 : 4);
    const inIdat = version > 0 && (cursor.number(2) & 15) === 1;
    cursor.number(2);
    const base = cursor.number(baseBytes) + (inIdat ? (idat?.start ?? file.length) : 0);
    const parts: Buffer[] = [];
    let total = 0;
    for (let extents = cursor.number(2); extents > 0; extents--) {
      cursor.number(indexBytes);
      const from = base + cursor.number(offsetBytes);
      const length = cursor.number(lengthBytes);
      const part = file.subarray(from, length === 0 ? file.length : from + length);
      total += part.length;
      if (total > file.length) throw new RangeError('the same data over and over');
      parts.push(part);
    }
    data.set(id, parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts));
  }
  return data;
}
