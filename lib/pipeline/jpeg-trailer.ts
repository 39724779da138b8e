/** The name of a block of Samsung's trailers is no longer. */
const MAX_NAME = 64;

/** How trailers begin: another picture, a film, notes in XMP, an archive. */
const BEGINNINGS = [
  '\xff\xd8\xff',
  'SEFH',
  '<?xpacket',
  '<x:xmpmeta',
  'MotionPhoto_Data',
  '\x89PNG',
  'RIFF',
  'PK\x03\x04',
];
/** The same behind four bytes that tell a length. */
const BOXES = ['ftyp', 'mpvd'];

/**
 * Whether something begins here that phones and editors put behind a picture. Only what is known counts: coded data
 * are as good as any bytes, and what follows a picture that was cut off looks like more of it.
 */
export function isTrailer(file: Buffer, at: number): boolean {
  const head = file.toString('latin1', at, at + 16);
  if (BEGINNINGS.some((beginning) => head.startsWith(beginning))) return true;
  return BOXES.includes(head.slice(4, 8)) || isSamsungBlock(file, at);
}

/** Two zeros, a type, the length of a name, little-endian, and the name: `Image_UTC_Data`, `Panorama_Shot_Info`. */
function isSamsungBlock(file: Buffer, at: number): boolean {
  if (at + 8 > file.length || file.readUInt16BE(at) !== 0) return false;
  const length = file.readUInt32LE(at + 4);
  return length > 3 && length <= MAX_NAME && /^\w{4,}$/.test(file.toString('latin1', at + 8, at + 8 + length));
}
