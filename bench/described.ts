import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { createApp } from '../lib/app';
import type { Description } from '../lib/description';
import { asDresscutError } from '../lib/errors';
import type { Found } from '../lib/find';

/** What is asked of every photo. */
const OPTIONS = { mode: 'default', expect: 'dress' } as const;
const { find } = createApp();

/** What a photo is found and described as; `null` where there is no dress to describe. */
export async function describePhoto(photo: Buffer): Promise<Description | null> {
  const { description } = (await find(photo, { ...OPTIONS, describe: true, embedding: true })).findings;
  return description?.embedding === undefined ? null : (description as Description);
}

export const findPhoto = (photo: Buffer): Promise<Found> => find(photo, OPTIONS);

/** Path of the photo with this name, in any of the folders. */
export function fileOf(folders: readonly string[], id: string): string {
  const paths = folders.flatMap((folder) => ['.jpg', '.webp', '.png'].map((ending) => join(folder, id + ending)));
  const file = paths.find(existsSync);
  if (file === undefined) throw new Error(`no photo ${id} in ${folders.join(', ')}`);
  return file;
}

/** An embedding of one view of a photo; `plain` is the photo as it is. */
export interface Embedded {
  readonly id: string;
  readonly view: string;
  /** `null` where there is nothing to describe. */
  readonly vector: readonly number[] | null;
}

/** Embeddings that are kept in a file, so that a run that was broken off goes on where it was; `null`: in no file. */
export function embeddings(file: string | null) {
  const known = new Map(readEmbeddings(file).map((one) => [`${one.id} ${one.view}`, one]));
  return async (id: string, view: string, photo: () => Buffer | Promise<Buffer>): Promise<Embedded> => {
    const before = known.get(`${id} ${view}`);
    if (before !== undefined) return before;
    const described = await describePhoto(await photo()).catch(skip);
    const made = { id, view, vector: described?.embedding.vector ?? null };
    if (file !== null) appendFileSync(file, `${JSON.stringify(made)}\n`);
    return made;
  };
}

export function readEmbeddings(file: string | null): Embedded[] {
  if (file === null || !existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Embedded);
}

/** All photos of some folders. */
export function photosIn(folders: readonly string[]): { id: string; file: string }[] {
  return folders.flatMap((folder) =>
    readdirSync(folder).map((name) => ({ id: parse(name).name, file: join(folder, name) })),
  );
}

/** A photo at fault is left out; anything else ends the run. */
export function skip(thrown: unknown): null {
  const error = asDresscutError(thrown);
  if (!error.final) throw error;
  return null;
}
