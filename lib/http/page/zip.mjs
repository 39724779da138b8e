// A ZIP archive of pictures: they are compressed already, so they are stored as they are (APPNOTE 6.3, method 0).

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c >>> 0;
});

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Names in UTF-8; the date is the first that the format knows, so that the same files make the same archive. */
const UTF8 = 0x0800;
const DATE = 0x0021;

/**
 * @param {readonly { name: string, blob: Blob }[]} files with different names; below 4 GB in all
 * @returns {Promise<Blob>}
 */
export async function zipOf(files) {
  /** @type {BlobPart[]} */
  const parts = [];
  /** @type {BlobPart[]} */
  const directory = [];
  let offset = 0;
  for (const { name, blob } of files) {
    const path = new TextEncoder().encode(name);
    const crc = crc32(new Uint8Array(await blob.arrayBuffer()));
    // Version, flags, method, time, date, checksum, both sizes, length of the name, no extra field.
    const common = [
      [2, 20],
      [2, UTF8],
      [2, 0],
      [2, 0],
      [2, DATE],
      [4, crc],
      [4, blob.size],
      [4, blob.size],
      [2, path.length],
      [2, 0],
    ];
    const local = record(0x04034b50, common);
    parts.push(local, path, blob);
    // Made by; then no comment, disk, or attributes, and where the file begins.
    directory.push(record(0x02014b50, [[2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]), path);
    offset += local.length + path.length + blob.size;
  }
  const size = directory.reduce((sum, part) => sum + /** @type {Uint8Array} */ (part).length, 0);
  const count = files.length;
  const end = record(0x06054b50, [
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, size],
    [4, offset],
    [2, 0],
  ]);
  return new Blob([...parts, ...directory, end], { type: 'application/zip' });
}

/**
 * @param {number} signature
 * @param {number[][]} fields each its length in bytes and its value, little-endian
 * @returns {Uint8Array<ArrayBuffer>}
 */
function record(signature, fields) {
  const all = [[4, signature], ...fields];
  const bytes = new Uint8Array(all.reduce((sum, [length = 0]) => sum + length, 0));
  const data = new DataView(bytes.buffer);
  let at = 0;
  for (const [length = 0, value = 0] of all) {
    if (length === 2) data.setUint16(at, value, true);
    else data.setUint32(at, value, true);
    at += length;
  }
  return bytes;
}

/**
 * Names made different: two photos may be called the same.
 *
 * @param {readonly string[]} names
 */
export function distinct(names) {
  const taken = new Set();
  return names.map((name) => {
    let free = name;
    for (let n = 2; taken.has(free); n++) free = name.replace(/(\.[^.]*)?$/, (ending) => `-${n}${ending}`);
    taken.add(free);
    return free;
  });
}
