import type { CutOut } from '../../lib/cut-out';
import { asDresscutError, DresscutError } from '../../lib/errors';
import type { ModelInfo } from '../../lib/ports';
import { type Report, withReport } from '../report/report';
import { type CutRequest, parseArguments } from './arguments';
import { cutPhoto } from './cut-photo';
import { advice, count, emptyTally, jsonLine, type Outcome, printable, sentence, summary, type Tally } from './format';
import { type Job, planJobs } from './inputs';
import { type Journal, openJournal, recipeOf } from './journal';
import { readMarks } from './marks';
import { withoutEffect } from './no-effect';
import { cutPiped } from './piped';
import { type Progress, showProgress, type Terminal } from './progress';

/** What surrounds the command: how it is called, the use-case, the streams, and a signal that ends it early. */
export interface Surroundings {
  /** `dresscut`, or through npm. */
  readonly command?: string;
  readonly cutOut: CutOut;
  /** The network that cuts. */
  readonly model: () => Promise<ModelInfo>;
  readonly stdin: AsyncIterable<Uint8Array | string>;
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
  const { command = 'dresscut', stdout, stderr } = surroundings;
  let request: CutRequest | null;
  let jobs: readonly Job[] = [];
  try {
    request = parseArguments(argv, command, { stdout, stderr });
    if (request === null) return EXIT.allCut;
    if (request.inputs[0] !== '-') jobs = await plan(request);
  } catch (thrown) {
    stderr.write(`dresscut: ${printable(asDresscutError(thrown).message)}\nSee ${command} --help.\n`);
    return EXIT.usage;
  }
  for (const told of withoutEffect(request)) stderr.write(`dresscut: ${told}\n`);
  try {
    if (request.inputs[0] === '-' || request.out === null) return await cutOne(request, jobs[0], surroundings);
    return await cutAll(request, request.out, jobs, surroundings);
  } catch (thrown) {
    stderr.write(`dresscut: ${printable(asDresscutError(thrown).message)}\n`);
    return EXIT.someNot;
  }
}

async function cutOne(request: CutRequest, job: Job | undefined, surroundings: Surroundings): Promise<number> {
  const { signal = new AbortController().signal } = surroundings;
  const cut = await cutPiped(request, job, { ...surroundings, signal });
  if (cut === null) return EXIT.stopped;
  return cut ? EXIT.allCut : EXIT.someNot;
}

async function plan({ inputs, out, options, typed, marks }: CutRequest): Promise<Job[]> {
  const { format } = options;
  const jobs = await planJobs(inputs, out ?? '.', format === 'jpeg' ? 'jpg' : format);
  if (out === null && jobs.length > 1) {
    throw new DresscutError(
      'invalid-option',
      `${jobs.length} photos cannot go to standard output; name one, or a folder.`,
    );
  }
  if (typed.has('strokes') && jobs.length > 1) {
    throw new DresscutError('invalid-option', 'Strokes belong to one photo; name only that one beside --strokes.');
  }
  if (marks === null) return jobs;
  const { cutAnyway } = await readMarks(marks);
  const chosen = jobs.filter(({ name }) => cutAnyway.includes(name));
  if (chosen.length > 0) return chosen;
  throw new DresscutError('invalid-option', `${marks} marks none of these photos to be cut anyway.`);
}

async function cutAll(
  request: CutRequest,
  out: string,
  jobs: readonly Job[],
  surroundings: Surroundings,
): Promise<number> {
  const { stdout, stderr, signal = new AbortController().signal, model } = surroundings;
  const started = performance.now();
  const tally = emptyTally();
  // A bar and JSON lines on one terminal would write over each other.
  const quiet = request.json && stdout.isTTY === true;
  const progress = showProgress(stderr, quiet ? 0 : jobs.length);
  // Without a network nothing can be cut: the first photo says why.
  // The first photo is read and decoded meanwhile.
  const journal = model()
    .then((info) => openJournal(out, recipeOf(request.options, info)))
    .catch(() => null);
  const cutThem = (report: Report | null) =>
    cutEach(jobs, { request, surroundings, signal, tally, progress, journal, report, single: jobs.length === 1 });
  let page: string | null = null;
  let left = 0;
  try {
    if (request.report) page = await withReport(out, request.options, cutThem);
    else await cutThem(null);
    left = (await (await journal)?.othersLeft()) ?? 0;
  } finally {
    progress.stop();
    await (await journal)?.close();
  }

  const done = tally.cut + tally.noDress + tally.failed + tally.skipped;
  if (done < jobs.length) stderr.write(`Stopped after ${done} of ${jobs.length} photos; ${goOn(request)}.\n`);
  if (page !== null) stderr.write(`Report: ${page}\n`);
  if (tally.cut > 0 && jobs.length > 1) stderr.write(`Results: ${out}\n`);
  if (left > 0) stderr.write(`${out} also holds ${left} results made in another way: other options or network.\n`);
  stderr.write(`${summary(tally, (performance.now() - started) / 1000)}\n`);
  const hint = advice(tally, request.options);
  if (hint !== null) stderr.write(`${hint}\n`);
  if (signal.aborted) return EXIT.stopped;
  return tally.cut + tally.skipped === jobs.length ? EXIT.allCut : EXIT.someNot;
}

const goOn = ({ skipExisting }: CutRequest) =>
  `what is written is whole${skipExisting ? '; the same command goes on' : '; --skip-existing goes on from there'}`;

/** One run through the photos, and what it works with. */
interface Run {
  readonly request: CutRequest;
  readonly surroundings: Surroundings;
  readonly signal: AbortSignal;
  readonly tally: Tally;
  readonly progress: Progress;
  readonly journal: Promise<Journal | null>;
  readonly report: Report | null;
  /** It is the only photo: then whoever waits is told of it in any case. */
  readonly single: boolean;
}

/** @returns whether it came to its end; `false` when the signal came first */
async function cutEach(jobs: readonly Job[], run: Run): Promise<boolean> {
  const { request, signal, progress } = run;
  const queue = jobs.values();
  let over = false;
  const worker = async () => {
    for (const job of queue) {
      if (signal.aborted || over) return;
      try {
        // Without a network no other photo fares better.
        if ((await finish(job, run)) === 'stop') over = true;
      } catch (thrown) {
        over = true;
        throw thrown;
      }
      progress.advance();
    }
  };
  await Promise.all(Array.from({ length: request.jobs }, worker));
  return !signal.aborted;
}

/** Cut one photo and tell everybody of it: the person, the journal, the report. */
async function finish(job: Job, run: Run): Promise<'next' | 'stop'> {
  const { request, surroundings, signal, tally, journal, report } = run;
  const before = request.skipExisting ? ((await (await journal)?.made(job)) ?? null) : null;
  if (before !== null) {
    tally[before === 'dress' ? 'skipped' : 'noDress'] += 1;
    return 'next';
  }
  const outcome = await cutPhoto(job, request, surroundings.cutOut, signal);
  if (outcome === null) return 'stop';
  count(tally, outcome);
  if (outcome.result !== undefined) await (await journal)?.add(job, outcome.result.image !== null);
  tell(outcome, surroundings.stdout, run);
  await report?.add(outcome);
  return outcome.error?.code === 'model-unavailable' ? 'stop' : 'next';
}

/** Say what became of a photo: everything as JSON or about a single photo, else only what needs eyes. */
function tell(outcome: Outcome, stdout: Terminal, { request: { json }, progress, single }: Run): void {
  if (json) stdout.write(`${jsonLine(outcome)}\n`);
  const written = outcome.result !== undefined && outcome.result.image !== null;
  if (single && written && !json) stdout.write(`${sentence(outcome)}\n`);
  else if (outcome.result?.findings.verdict !== 'ok') progress.note(sentence(outcome));
}
