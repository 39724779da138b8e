import { once } from 'node:events';
import { join } from 'node:path';
import type { CutOut, CutOutResult } from '../../lib/cut-out';
import { asDresscutError } from '../../lib/errors';
import { writeWhole } from '../files';
import type { CutRequest } from './arguments';
import { keepCorrection } from './corrections';
import { readPhoto, readPiped, unlessAborted } from './cut-photo';
import { advice, count, emptyTally, jsonLine, type Outcome, sentence } from './format';
import type { Job } from './inputs';

/** What one photo on its way through pipes needs. */
interface Pipes {
  readonly cutOut: CutOut;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/**
 * Cut one photo that comes from standard input, or whose picture goes to standard output, or both. Where the picture
 * goes to standard output, everything else is said on standard error.
 *
 * @param photo the one that was named; `undefined`: standard input
 * @returns whether it was cut; `null` when the signal came first
 */
export async function cutPiped(request: CutRequest, photo: Job | undefined, pipes: Pipes): Promise<boolean | null> {
  const { stdout, stderr, signal } = pipes;
  const { out, options, json } = request;
  const ending = options.format === 'jpeg' ? 'jpg' : options.format;
  const source = photo?.source ?? 'standard input';
  const target = out === null ? 'standard output' : join(out, `stdin.${ending}`);
  const job: Job = { source, name: source, target, refused: null };
  const outcome = await outcomeOf(job, () => (photo === undefined ? readPiped(pipes.stdin) : readPhoto(photo.source)));
  if (outcome === null) return null;
  const image = outcome.result?.image ?? null;
  if (json) stdout.write(`${jsonLine(outcome)}\n`);
  else (image === null || out === null ? stderr : stdout).write(`${sentence(outcome)}\n`);
  const tally = emptyTally();
  count(tally, outcome);
  const hint = advice(tally, options);
  if (hint !== null) stderr.write(`${hint}\n`);
  return image !== null;

  async function outcomeOf(job: Job, read: () => Promise<Uint8Array>): Promise<Outcome | null> {
    try {
      const cut = await unlessAborted(
        read().then(async (photo) => ({ photo, result: await pipes.cutOut(photo, options) })),
        signal,
      );
      if (cut === null) return null;
      const { photo, result } = cut;
      await keepCorrection(request, photo, result);
      await write(result);
      return { job, result };
    } catch (thrown) {
      return { job, error: asDresscutError(thrown) };
    }
  }

  async function write({ image }: CutOutResult): Promise<void> {
    if (image === null) return;
    if (out !== null) await writeWhole(target, image.bytes);
    // A pipe takes a little at a time, and the process must not end before it took the last.
    else if (!stdout.write(image.bytes)) await once(stdout, 'drain');
  }
}
