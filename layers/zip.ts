import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** One file of an archive. */
export interface Entry {
  /** Path inside, with forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Archive {
  readonly zip: Buffer;
  /** SHA-256 of the zip, lower-case hex. */
  readonly sha256: string;
  /** Bytes of all files once unpacked. */
  readonly unpacked: number;
}

/** What a zip writes as local time; built from local parts, so that it is the same in every time zone. */
const MTIME = new Date(2000, 0, 1);
/** Everybody may read: Lambda runs as another user than the one that unpacks. */
const MODE = 0o100644;

/** The same files give the same bytes, whatever their order, times and rights on disk were. */
export async function archive(entries: readonly Entry[]): Promise<Archive> {
  const file = new ZipFile();
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, bytes } of sorted) {
    const options = { mtime: MTIME, mode: MODE, forceDosTimestamp: true, compressionLevel: 9 };
    file.addBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), path, options);
  }
  file.end();
  const zip = await buffer(file.outputStream);
  const unpacked = entries.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return { zip, sha256: createHash('sha256').update(zip).digest('hex'), unpacked };
}
