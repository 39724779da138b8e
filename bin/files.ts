import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Files begun and not yet finished: removed even when the process is told to exit at once. */
const unfinished = new Set<string>();

function removeUnfinished(): void {
  for (const path of unfinished) rmSync(path, { force: true });
}

/**
 * Open a new, hidden file beside `path` that is gone after `work`, and after this process, unless `work` has
 * renamed it. It lies beside `path` because a rename is whole or not at all only within one disk.
 *
 * @param path where the finished file would be; its folder is made if there is none
 */
export async function withTemporaryFile<Result>(
  path: string,
  work: (file: FileHandle, temporary: string) => Promise<Result>,
): Promise<Result> {
  await mkdir(dirname(path), { recursive: true });
  if (!process.listeners('exit').includes(removeUnfinished)) process.on('exit', removeUnfinished);
  // Without the name that it will have: that may be as long as the disk allows.
  const temporary = join(dirname(path), `.${randomBytes(12).toString('hex')}.part`);
  unfinished.add(temporary);
  try {
    const file = await open(temporary, 'wx+');
    try {
      return await work(file, temporary);
    } finally {
      await file.close();
    }
  } finally {
    await rm(temporary, { force: true });
    unfinished.delete(temporary);
  }
}

/**
 * Write a file that appears whole or not at all, in place of any earlier one.
 *
 * @param content the bytes, or pieces of text one after the other
 */
export async function writeWhole(path: string, content: Uint8Array | AsyncIterable<string>): Promise<void> {
  await withTemporaryFile(path, async (file, temporary) => {
    await writeFile(file, content);
    // Without this a power cut can leave the new name with nothing behind it.
    await file.sync();
    await rename(temporary, path);
  });
}
