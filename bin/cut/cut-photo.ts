import { readFile, stat } from 'node:fs/promises';
import type { CutOut } from '../../lib/cut-out';
import { asDresscutError, DresscutError, messageOf } from '../../lib/errors';
import { checkBytes } from '../../lib/pipeline/limits';
import { writeWhole } from '../files';
import type { CutRequest } from './arguments';
import { keepCorrection } from './corrections';
import type { Outcome } from './format';
import type { Job } from './inputs';

/** Cut one photo and write its result. The outcome is `null` when the signal came first. */
export async function cutPhoto(
  job: Job,
  request: CutRequest,
  cutOut: CutOut,
  signal: AbortSignal,
): Promise<Outcome | null> {
  try {
    if (job.refused !== null) throw job.refused;
    const photo = await readPhoto(job.source);
    const result = await unlessAborted(cutOut(photo, request.options), signal);
    if (result === null) return null;
    await keepCorrection(request, photo, result);
    if (result.image !== null) await writeWhole(job.target, result.image.bytes);
    return { job, result };
  } catch (thrown) {
    return { job, error: asDresscutError(thrown) };
  }
}

/** @throws DresscutError `no-photo` when it cannot be read, `too-large` */
export async function readPhoto(path: string): Promise<Uint8Array> {
  // Before it is read: a film named by mistake does not fit into memory.
  checkBytes((await stat(path).catch(unreadable)).size);
  return readFile(path).catch(unreadable);
}

/** @throws DresscutError `too-large` as soon as more has come than a photo may have */
export async function readPiped(stdin: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > 0) checkBytes(size);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function unreadable(cause: unknown): never {
  throw new DresscutError('no-photo', `It cannot be read: ${messageOf(cause)}.`, { cause });
}

/** The result, or `null` as soon as the signal is aborted: a photo in work is not waited for. */
export function unlessAborted<Result>(result: Promise<Result>, signal: AbortSignal): Promise<Result | null> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) resolve(null);
    const stop = () => resolve(null);
    signal.addEventListener('abort', stop, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
