import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { DresscutError, messageOf } from '../../lib/errors';
import {
  type CutOutOptions,
  DEFAULTS,
  describeOption,
  OPTION_NAMES,
  type OptionName,
  parseOptions,
} from '../../lib/options';
import { version } from '../../package.json';
import { beginning, ending } from './help';

/** What the command was asked to do. */
export interface CutRequest {
  /** Files, folders and patterns as they were typed, or `-` alone; at least one. */
  readonly inputs: readonly string[];
  /** Folder for the results; `null`: the one result goes to standard output. */
  readonly out: string | null;
  readonly options: CutOutOptions;
  /** Options that were typed, rather than left at their default. */
  readonly typed: ReadonlySet<OptionName>;
  /** Findings to standard output, one JSON object a line. */
  readonly json: boolean;
  /** Write `report.html` into `out`. */
  readonly report: boolean;
  /** Leave alone what an earlier run made of the same photo in the same way. */
  readonly skipExisting: boolean;
  /** File with marks of a report: only what is to be cut anyway is cut. */
  readonly marks: string | null;
  /** Folder for what strokes have corrected, as training reads it; `null`: nothing is kept. */
  readonly keepCorrections: string | null;
  /** Photos in work at the same time, 1 to 64. */
  readonly jobs: number;
}

/** What commander gives; flags that were not set are missing. */
interface Flags {
  readonly out: string;
  readonly jobs: number;
  readonly json?: boolean;
  readonly report?: boolean;
  readonly skipExisting?: boolean;
  readonly marks?: string;
  readonly keepCorrections?: string;
}

/** Where help and usage errors go. */
export interface Outlets {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly stderr: { write(text: string): unknown };
}

const FLAGS: Readonly<Record<OptionName, string>> = {
  output: '--output <what>',
  format: '--format <format>',
  crop: '--crop',
  margin: '--margin <share>',
  background: '--background <colour>',
  mode: '--mode <mode>',
  expect: '--expect <what>',
  presence: '--presence <share>',
  which: '--which <dress>',
  size: '--size <pixels>',
  strokes: '--strokes <file>',
  describe: '--describe',
  embedding: '--embedding',
};

/**
 * Read the command line.
 *
 * @param argv the user's arguments, without node, script and the word `cut`
 * @param command how the user calls this
 * @returns what to do, or `null` when help or the version was asked for and has been written
 * @throws DresscutError `invalid-option` for wrong usage, with a sentence about what was expected
 */
export function parseArguments(
  argv: readonly string[],
  command: string,
  { stdout, stderr }: Outlets,
): CutRequest | null {
  const program = describeCommand(command);
  program.configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    // Wrong usage is thrown and told in one place.
    outputError: () => undefined,
  });
  try {
    program.parse(argv, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode === 0) return null;
    throw refused(thrown.message.replace(/^error: /, ''), thrown);
  }
  const {
    out,
    json = false,
    report = false,
    skipExisting = false,
    marks = null,
    keepCorrections = null,
    jobs,
    ...record
  } = program.opts<Flags>();
  const wasTyped = (name: string) => program.getOptionValueSource(name) === 'cli';
  const piped = program.args.includes('-');
  const toOutput = out === '-' || (piped && !wasTyped('out'));
  if (piped && program.args.length > 1) throw refused('- is standard input, and stands alone.');
  if (piped && (report || skipExisting || marks !== null)) {
    throw refused('--report, --skip-existing and --marks are for photos that have names, not for standard input.');
  }
  if (toOutput && (json || report || skipExisting)) {
    throw refused(
      'The picture goes to standard output: name a folder with --out for findings, a report or --skip-existing.',
    );
  }
  if (toOutput && stdout.isTTY)
    throw refused('A picture would go to the terminal: redirect it with > or name a folder with --out.');
  const typed = new Set(OPTION_NAMES.filter(wasTyped));
  const { strokes } = record as { strokes?: string };
  const asked = parseOptions(strokes === undefined ? record : { ...record, strokes: readText(strokes) });
  // The page shows colours, pattern and length.
  const options = report ? { ...asked, describe: true } : asked;
  const rest = { json, report, skipExisting, marks, keepCorrections, jobs };
  return { inputs: program.args, out: toOutput ? null : out, options, typed, ...rest };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw refused(`The strokes cannot be read: ${messageOf(cause)}.`, cause);
  }
}

function refused(message: string, cause?: unknown): DresscutError {
  return new DresscutError('invalid-option', message, { cause });
}

function describeCommand(command: string): Command {
  const program = new Command(command)
    .argument('<photos...>', 'photos, folders of photos, and quoted patterns; - is standard input')
    .addHelpText('before', beginning(command))
    .addHelpText('after', ending())
    .exitOverride()
    .optionsGroup('What to make:');
  for (const name of OPTION_NAMES) program.option(FLAGS[name], describe(name));
  return program
    .optionsGroup('Where it goes:')
    .option('--out <folder>', 'Folder for the results; - is standard output.', 'results')
    .option('--json', 'Findings to standard output, one JSON object a line, nothing else.')
    .option('--report', 'Also report.html: photo, overlay, cut-out, description and findings, worst first.')
    .option('--keep-corrections <folder>', 'Keep what strokes correct, for training: photo, person and dress.')
    .optionsGroup('Which photos, and how many at a time:')
    .option('--skip-existing', 'Leave alone what was made of the same photo in the same way before.')
    .option('--marks <file>', "Only photos that a report's saved marks say are to be cut anyway.")
    .option('--jobs <number>', 'Photos at the same time; the network uses all cores as it is.', wholeJobs, 1)
    .optionsGroup('Help:')
    .version(version, '-V, --version', 'Say which version this is.')
    .helpOption('-h, --help', 'Show this.');
}

/** One option's help: what it does, what it takes, and its default. */
function describe(name: OptionName): string {
  const { description, expected } = describeOption(name);
  if (name === 'strokes') return `${description} A JSON file: ${expected}.`;
  if (typeof DEFAULTS[name] === 'boolean') return description;
  const fallback = name === 'background' ? 'transparent' : DEFAULTS[name];
  return `${description} Takes ${expected}.${fallback === null ? '' : ` (default: ${String(fallback)})`}`;
}

function wholeJobs(text: string): number {
  const jobs = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (jobs < 1 || jobs > 64) throw new InvalidArgumentError('Expected a whole number from 1 to 64.');
  return jobs;
}
