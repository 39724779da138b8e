import { stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import type { Catalogue } from '../../lib/catalogue/catalogue';
import { asDresscutError, DresscutError } from '../../lib/errors';
import type { Find } from '../../lib/find';
import { noDress } from '../../lib/findings';
import { printable } from '../cut/format';
import { findPhotos } from '../cut/inputs';
import { showProgress, type Terminal } from '../cut/progress';
import type { IndexRequest } from './arguments';
import { readPhoto } from './read-photo';

/** What surrounds both commands. */
export interface CatalogueSurroundings {
  readonly find: Find;
  /** Of the network that answers now. */
  readonly version: () => Promise<string>;
  readonly catalogue: Catalogue;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly signal?: AbortSignal;
}

/**
 * Put photos into a catalogue, by their path below the folder that was named. A photo that is in it as it is now on disk
 * is skipped, so that a run that was broken off goes on where it was.
 *
 * @returns whether every photo is in the catalogue
 */
export async function indexPhotos(request: IndexRequest, surroundings: CatalogueSurroundings): Promise<boolean> {
  const { catalogue, stdout, stderr, signal } = surroundings;
  await refuseOther(request.name, surroundings);
  const photos = await findPhotos(request.inputs, request.catalogue);
  const tally = { put: 0, skipped: 0, failed: 0 };
  const progress = showProgress(stderr, request.json && stdout.isTTY === true ? 0 : photos.length);
  try {
    for (const { source, folder } of photos) {
      if (signal?.aborted) break;
      const id = join(folder, basename(source)).split(sep).join('/');
      const outcome = await indexOne(source, id, request, surroundings).catch(asDresscutError);
      if (outcome instanceof DresscutError && !outcome.final) throw outcome;
      tally[outcome instanceof DresscutError ? 'failed' : outcome] += 1;
      const line = outcome instanceof DresscutError ? { error: { code: outcome.code, message: outcome.message } } : {};
      if (request.json) stdout.write(`${JSON.stringify({ source, id, ...line, outcome: kindOf(outcome) })}\n`);
      else if (outcome instanceof DresscutError) progress.note(`${printable(source)}: ${printable(outcome.message)}`);
      progress.advance();
    }
  } finally {
    progress.stop();
    await catalogue.close();
  }
  const { put, skipped, failed } = tally;
  stderr.write(`${put} put into ${request.name}, ${skipped} there already, ${failed} not: ${request.catalogue}\n`);
  return put + skipped === photos.length;
}

const kindOf = (outcome: DresscutError | 'put' | 'skipped') => (outcome instanceof DresscutError ? 'failed' : outcome);

async function indexOne(
  source: string,
  id: string,
  { name, expect, metadata }: IndexRequest,
  { catalogue, find }: CatalogueSurroundings,
): Promise<'put' | 'skipped'> {
  const { mtimeMs } = await stat(source);
  const at = Math.floor(mtimeMs);
  if ((await catalogue.get(name, id))?.at === at) return 'skipped';
  const { findings } = await find(await readPhoto(source), {
    mode: 'default',
    expect,
    describe: true,
    embedding: true,
  });
  if (findings.description?.embedding === undefined) throw noDress(findings, expect);
  const { embedding, ...traits } = findings.description;
  // A photo from a backup is older than the one it replaces, and yet the one that is wanted now.
  const before = await catalogue.get(name, id);
  if (before !== null && before.at > at) await catalogue.remove(name, id, before.at);
  const stored = await catalogue.put(name, { id, embedding, traits, metadata, at });
  if (!stored) await catalogue.put(name, { id, embedding, traits, metadata, at: Date.now() });
  return 'put';
}

/** Before the first photo is cut, not after it. */
async function refuseOther(name: string, { catalogue, version }: CatalogueSurroundings): Promise<void> {
  const info = (await catalogue.list()).find((known) => known.name === name);
  const now = await version();
  if (info === undefined || info.version === now) return;
  const message =
    `The catalogue ${name} holds embeddings of version ${info.version}; the network that answers now makes ${now}. ` +
    'Index into another file or --name.';
  throw new DresscutError('catalogue-version', message, { facts: { holds: info.version, received: now } });
}
