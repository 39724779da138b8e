import { readFile, stat } from 'node:fs/promises';
import type { CutOut, CutOutResult } from '../../lib/cut-out';
import { asDresscutError, DresscutError } from '../../lib/errors';
import { checkBytes } from '../../lib/pipeline/limits';
import { writeWhole } from '../files';
import { type Report, withReport } from '../report/report';
import { parseArguments, type Request } from './arguments';
import { advice, count, emptyTally, jsonLine, type Outcome, printable, sentence, summary } from './format';
import { type Job, planJobs } from './inputs';
import { type Progress, showProgress, type Terminal } from './progress';

/** What surrounds the command: the use-case, the two streams, and a signal that ends it early. */
export interface Surroundings {
  readonly cutOut: CutOut;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  /** Aborted by Ctrl-C. */
  readonly signal?: AbortSignal;
}

export const EXIT = { allCut: 0, someNot: 1, usage: 2, stopped: 130 } as const;

/**
 * Run the command line once.
 *
 * @param argv the user's arguments, without node and script
 * @returns the exit code: 0 all cut, 1 some not, 2 wrong usage, 130 stopped by the signal
 */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  let request: Request | null;
  let jobs: readonly Job[];
  try {
    request = parseArguments(argv, { stdout, stderr });
    if (request === null) return EXIT.allCut;
    const { format } = request.options;
    jobs = await planJobs(request.inputs, request.out, format === 'jpeg' ? 'jpg' : format);
  } catch (thrown) {
    stderr.write(`dresscut: ${printable(asDresscutError(thrown).message)}\nSee dresscut --help.\n`);
    return EXIT.usage;
  }
  try {
    return await cutAll(request, jobs, surroundings);
  } catch (thrown) {
    stderr.write(`dresscut: ${printable(asDresscutError(thrown).message)}\n`);
    return EXIT.someNot;
  }
}

async function cutAll(request: Request, jobs: readonly Job[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, signal = new AbortController().signal } = surroundings;
  const started = performance.now();
  const tally = emptyTally();
  // A bar and JSON lines on one terminal would write over each other.
  const quiet = request.json && stdout.isTTY === true;
  const progress = showProgress(stderr, quiet ? 0 : jobs.length);
  let over = false;

  const work = async (report: Report | null): Promise<boolean> => {
    const queue = jobs.values();
    const worker = async () => {
      for (const job of queue) {
        if (signal.aborted || over) return;
        const outcome = await cutOne(job, request, surroundings.cutOut, signal);
        if (outcome === null) return;
        count(tally, outcome);
        tell(outcome, request, jobs.length === 1, stdout, progress);
        // Without a network no other photo fares better.
        if (outcome.error?.code === 'model-unavailable') over = true;
        await report?.add(outcome).catch((thrown) => {
          over = true;
          throw thrown;
        });
        progress.advance();
      }
    };
    await Promise.all(Array.from({ length: request.jobs }, worker));
    return !signal.aborted;
  };

  let page: string | null = null;
  try {
    if (request.report) page = await withReport(request.out, request.options, work);
    else await work(null);
  } finally {
    progress.stop();
  }

  const done = tally.cut + tally.noDress + tally.failed;
  if (done < jobs.length) stderr.write(`Stopped after ${done} of ${jobs.length} photos; what is written is whole.\n`);
  if (page !== null) stderr.write(`Report: ${page}\n`);
  if (tally.cut > 0 && jobs.length > 1) stderr.write(`Results: ${request.out}\n`);
  stderr.write(`${summary(tally, (performance.now() - started) / 1000)}\n`);
  const hint = advice(tally, request.options);
  if (hint !== null) stderr.write(`${hint}\n`);
  if (signal.aborted) return EXIT.stopped;
  return tally.cut === jobs.length ? EXIT.allCut : EXIT.someNot;
}

/** Cut one photo and write its result. The outcome is `null` when the signal came first. */
async function cutOne(job: Job, { options }: Request, cutOut: CutOut, signal: AbortSignal): Promise<Outcome | null> {
  try {
    if (job.refused !== null) throw job.refused;
    const bytes = await read(job.source);
    const result = await unlessAborted(cutOut(bytes, options), signal);
    if (result === null) return null;
    if (result.image !== null) await writeWhole(job.target, result.image.bytes);
    return { job, result };
  } catch (thrown) {
    return { job, error: asDresscutError(thrown) };
  }
}

async function read(path: string): Promise<Uint8Array> {
  // Before it is read: a film named by mistake does not fit into memory.
  checkBytes((await stat(path).catch(unreadable)).size);
  return readFile(path).catch(unreadable);
}

function unreadable(cause: unknown): never {
  throw new DresscutError('no-photo', `It cannot be read: ${asDresscutError(cause).message}.`, { cause });
}

/** The result, or `null` as soon as the signal is aborted: a photo in work is not waited for. */
function unlessAborted(result: Promise<CutOutResult>, signal: AbortSignal): Promise<CutOutResult | null> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) resolve(null);
    const stop = () => resolve(null);
    signal.addEventListener('abort', stop, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Say what became of a photo: everything as JSON or about a single photo, else only what needs eyes. */
function tell(outcome: Outcome, { json }: Request, single: boolean, stdout: Terminal, progress: Progress): void {
  if (json) stdout.write(`${jsonLine(outcome)}\n`);
  const written = outcome.result !== undefined && outcome.result.image !== null;
  if (single && written && !json) stdout.write(`${sentence(outcome)}\n`);
  else if (outcome.result?.findings.verdict !== 'ok') progress.note(sentence(outcome));
}
