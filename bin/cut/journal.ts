import { createHash } from 'node:crypto';
import { access, type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { CutOutOptions } from '../../lib/options';
import type { ModelInfo } from '../../lib/ports';
import type { Job } from './inputs';

const NAME = '.dresscut.jsonl';

/** How one result was made, one line of the file. A photo without a dress has a line and no result. */
interface Entry {
  /** Below the folder of results. */
  readonly result: string;
  /** Of options and network, so that two entries can be compared. */
  readonly recipe: string;
  /** Of the photo; a photo that was changed is another one. */
  readonly bytes: number;
  readonly modified: number;
  readonly dress: boolean;
}

/** Remembers how the results in a folder were made. */
export interface Journal {
  /** Whether an earlier run made of this photo what this one would make, and whether there was a dress in it. */
  made(job: Job): Promise<'dress' | 'no_dress' | null>;
  add(job: Job, dress: boolean): Promise<void>;
  /** Results that are still there and that this run would make in another way, or not at all. */
  othersLeft(): Promise<number>;
  close(): Promise<void>;
}

/** What a result depends on besides its photo. */
export function recipeOf({ describe, embedding, ...options }: CutOutOptions, model: ModelInfo): string {
  return createHash('sha256')
    .update(JSON.stringify([options, model.sha256]))
    .digest('hex')
    .slice(0, 16);
}

/** @param out the folder of results, whether there is one yet or not */
export async function openJournal(out: string, recipe: string): Promise<Journal> {
  const path = join(out, NAME);
  const text = await readFile(path, 'utf8').catch(() => '');
  const entries = entriesOf(text);
  // A process that was killed may have left half a line.
  let before = text === '' || text.endsWith('\n') ? '' : '\n';
  let file: FileHandle | undefined;
  const entryOf = (job: Job) => entries.get(relative(out, job.target));
  return {
    async made(job) {
      const entry = entryOf(job);
      if (entry === undefined || entry.recipe !== recipe) return null;
      const photo = await stat(job.source).catch(() => null);
      if (photo?.size !== entry.bytes || photo.mtimeMs !== entry.modified) return null;
      if (!entry.dress) return 'no_dress';
      return (await isThere(job.target)) ? 'dress' : null;
    },
    async add(job, dress) {
      // A folder is not made to remember that there was nothing to put into it.
      if (!dress && !(await isThere(out))) return;
      const { size: bytes, mtimeMs: modified } = await stat(job.source);
      const entry: Entry = { result: relative(out, job.target), recipe, bytes, modified, dress };
      entries.set(entry.result, entry);
      file ??= await open(path, 'a');
      // One write: a line is there or it is not, and half a line at the end is not read.
      await file.write(`${before}${JSON.stringify(entry)}\n`);
      before = '';
    },
    async othersLeft() {
      let left = 0;
      for (const entry of entries.values()) {
        // A photo in which there is no dress any more leaves the result of an earlier run where it is.
        const stale = entry.recipe !== recipe || !entry.dress;
        if (stale && (await isThere(join(out, entry.result)))) left += 1;
      }
      return left;
    },
    async close() {
      await file?.close();
    },
  };
}

/** The last word on each result; lines that cannot be read are nothing that somebody relies on. */
function entriesOf(text: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const line of text.split('\n')) {
    try {
      const entry = JSON.parse(line) as Entry;
      if (typeof entry.result === 'string') entries.set(entry.result, entry);
    } catch {
      // A line that a killed process began.
    }
  }
  return entries;
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
