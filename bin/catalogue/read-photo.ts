import { readFile, stat } from 'node:fs/promises';
import { DresscutError, messageOf } from '../../lib/errors';
import { checkBytes } from '../../lib/pipeline/limits';

/** A photo's bytes; what is too large is refused before it is read. @throws DresscutError `no-photo`, `too-large` */
export async function readPhoto(path: string): Promise<Uint8Array> {
  checkBytes((await stat(path).catch(unreadable)).size);
  return readFile(path).catch(unreadable);
}

function unreadable(cause: unknown): never {
  throw new DresscutError('no-photo', `It cannot be read: ${messageOf(cause)}.`, { cause });
}
