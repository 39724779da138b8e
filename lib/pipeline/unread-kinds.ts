import { firstBox } from './boxes';
import type { PhotoFormat } from './formats';
import type { HeifFile, HeifItem } from './heif-items';
import { unreadTiff } from './tiff-kinds';

/** Frames of ITU-T T.81 beyond baseline, extended and progressive. */
const JPEG_FRAMES: Readonly<Record<number, string>> = {
  195: 'a lossless JPEG',
  197: 'a hierarchical JPEG',
  198: 'a hierarchical JPEG',
  199: 'a lossless JPEG',
  203: 'a lossless JPEG',
  205: 'a hierarchical JPEG',
  206: 'a hierarchical JPEG',
  207: 'a lossless JPEG',
};

/** What pictures in a HEIF are coded with, or made of others by. */
const HEIF_CODINGS = new Set(['hvc1', 'hev1', 'av01']);
const HEIF_DERIVED = new Set(['grid', 'iovl', 'iden']);
const HEIF_NAMES: Readonly<Record<string, string>> = {
  unci: 'uncompressed',
  j2k1: 'JPEG 2000',
  jpeg: 'JPEG',
  avc1: 'H.264',
  vvc1: 'H.266',
  evc1: 'EVC',
  tmap: 'tone-mapped',
};

/**
 * What makes a JPEG, PNG or TIFF one that nobody here decodes, though it is whole: it would be called damaged, or
 * become a picture that is not there.
 * @returns a name for it, or `null`
 */
export function unreadKind(bytes: Uint8Array, format: PhotoFormat): string | null {
  if (format === 'tiff') return unreadTiff(bytes);
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === 'png' && file.toString('latin1', 12, 16) === 'CgBI') return "a PNG of Xcode's own kind (CgBI)";
  if (format === 'jpeg') return unreadJpeg(file);
  return null;
}

function unreadJpeg(file: Buffer): string | null {
  for (let at = 2; at + 9 <= file.length && file[at] === 0xff; at += 2 + file.readUInt16BE(at + 2)) {
    const marker = file[at + 1] ?? 0;
    if (JPEG_FRAMES[marker]) return JPEG_FRAMES[marker];
    if (marker < 0xc0 || marker > 0xcf || [0xc4, 0xc8, 0xcc].includes(marker)) continue;
    if (file[at + 4] !== 8) return `a JPEG of ${file[at + 4]} bits`;
    return file.readUInt16BE(at + 5) === 0 ? 'a JPEG that tells its height behind its pixels' : null;
  }
  return null;
}

/** The same for HEIF and AVIF, by the items that the primary picture is made of. */
export function unreadHeif(bytes: Uint8Array, heif: HeifFile | null): string | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!heif?.primary)
    return firstBox(file, 'moov', 0, file.length) ? 'an image sequence without a still picture' : null;
  const { primary } = heif;
  if (primary.madeOf.length === 0) return named(primary, HEIF_CODINGS);
  const first = heif.items.get(primary.madeOf[0] ?? -1);
  return named(primary, HEIF_DERIVED) ?? (first && first.madeOf.length === 0 ? named(first, HEIF_CODINGS) : null);
}

function named({ type }: HeifItem, read: ReadonlySet<string>): string | null {
  if (read.has(type)) return null;
  // Anything else is a box that was hit by chance, not a kind that somebody writes.
  return HEIF_NAMES[type] ? `a HEIF with a picture of the ${HEIF_NAMES[type]} kind (${type})` : null;
}
