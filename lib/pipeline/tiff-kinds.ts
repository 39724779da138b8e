/** Compressions of TIFF that are read: none, CCITT, LZW, JPEG, both numbers of Deflate, PackBits, WebP. */
const READ = new Set([1, 2, 3, 4, 5, 7, 8, 32_773, 32_946, 50_001]);
/** Names of the others, by the numbers of the TIFF registry. */
const NAMES: Readonly<Record<number, string>> = {
  6: 'old-style JPEG',
  34661: 'JBIG',
  34676: 'SGI LogLuv',
  34677: 'SGI LogLuv',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34925: 'LZMA',
  50000: 'Zstandard',
  50002: 'JPEG XL',
  52546: 'JPEG XL',
};
const COMPRESSION = 259;
const PLANES = 284;
const TILE_WIDTH = 322;

/**
 * What makes a TIFF one that nobody here decodes, though it is whole: its compression, or tiles of separate planes.
 * @returns `null` where its first directory says nothing of the kind, or cannot be read
 */
export function unreadTiff(bytes: Uint8Array): string | null {
  const tags = firstDirectory(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const compression = tags.get(COMPRESSION) ?? 1;
  if (!READ.has(compression)) return `a TIFF with ${NAMES[compression] ?? `unknown (${compression})`} compression`;
  if (tags.get(PLANES) === 2 && tags.has(TILE_WIDTH)) return 'a TIFF with a separate set of tiles for each colour';
  return null;
}

/** Tags of the first directory whose values are numbers of 16 or 32 bits in place; BigTIFF's, too. */
function firstDirectory(file: Buffer): ReadonlyMap<number, number> {
  const tags = new Map<number, number>();
  const little = file[0] === 0x49;
  const u16 = (at: number) => (little ? file.readUInt16LE(at) : file.readUInt16BE(at));
  const u32 = (at: number) => (little ? file.readUInt32LE(at) : file.readUInt32BE(at));
  // Offsets above 4 GB lead out of every file that is taken.
  const u64 = (at: number) => (little ? u32(at) : u32(at + 4));
  try {
    const big = u16(2) === 43;
    const start = big ? u64(8) : u32(4);
    const [count, first, size, value] = big ? [u64(start), start + 8, 20, 12] : [u16(start), start + 2, 12, 8];
    for (let i = 0; i < count; i++) {
      const at = first + size * i;
      tags.set(u16(at), u16(at + 2) === 3 ? u16(at + value) : u32(at + value));
    }
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
  }
  return tags;
}
