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

/** What the command was asked to do. */
export interface Request {
  /** Files and folders as they were typed; at least one. */
  readonly inputs: readonly string[];
  /** Folder for the results. */
  readonly out: string;
  readonly options: CutOutOptions;
  /** Findings to standard output, one JSON object a line. */
  readonly json: boolean;
  /** Write `report.html` into `out`. */
  readonly report: boolean;
  /** Photos in work at the same time, 1 to 64. */
  readonly jobs: number;
}

/** What commander gives; flags that were not set are missing. */
type Flags = Pick<Request, 'out' | 'jobs'> & Partial<Pick<Request, 'json' | 'report'>>;

/** Where help and usage errors go. */
export interface Outlets {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

const EXAMPLES = `Cut the dress out of photos.

Examples ("dresscut" stands for "npm run --silent dresscut --"):
  dresscut photo.jpg                           the cut-out is results/photo.png
  dresscut photos/ --out cut                   a folder with its subfolders, into cut/
  dresscut photos/ --report                    and results/report.html to look them all over
  dresscut photo.jpg --crop --margin 10%       only the dress, with some room around it
  dresscut photo.jpg --format jpeg --background white
  dresscut photos/ --output mask --out masks   8-bit masks as large as the photos
  dresscut photos/ --json | jq -r 'select(.verdict == "review").result'
`;

const NOTES = `
Results are named after their photo: photos/a/1.jpg becomes results/a/1.png. Where two photos of one folder
differ only in their ending, both keep it: 1.heic.png, 1.jpg.png. Two photos that would still give the same
file are an error for the second. Files appear whole or not at all; an earlier result is replaced, and stays
where nothing takes its place. In the photo's own folder nothing is replaced: it may be somebody's original.

A photo without a dress writes nothing and says no_dress. "review" marks cut-outs to look at. With --json every
photo is one line: source, result (the file, or null), and the findings, or error with code and message.

Exit status:
    0  every photo was cut
    1  some could not be cut: unreadable, or no dress in them
    2  wrong usage; nothing was done
  130  stopped with Ctrl-C; what is written is whole
`;

const FLAGS: Readonly<Record<OptionName, string>> = {
  output: '--output <what>',
  format: '--format <format>',
  crop: '--crop',
  margin: '--margin <share>',
  background: '--background <colour>',
  mode: '--mode <mode>',
  expect: '--expect <what>',
  size: '--size <pixels>',
  strokes: '--strokes <file>',
};

/**
 * Read the command line.
 *
 * @param argv the user's arguments, without node and script
 * @returns what to do, or `null` when help or the version was asked for and has been written
 * @throws DresscutError `invalid-option` for wrong usage, with a sentence about what was expected
 */
export function parseArguments(argv: readonly string[], { stdout, stderr }: Outlets): Request | null {
  const program = describeCommand();
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
    throw wrongUsage(thrown);
  }
  const { out, json = false, report = false, jobs, ...record } = program.opts<Flags>();
  const { strokes } = record as { strokes?: string };
  if (strokes !== undefined && program.args.length > 1) {
    throw new DresscutError('invalid-option', 'Strokes belong to one photo; name only that one beside --strokes.');
  }
  const options = parseOptions(strokes === undefined ? record : { ...record, strokes: readText(strokes) });
  return { inputs: program.args, options, out, json, report, jobs };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new DresscutError('invalid-option', `The strokes cannot be read: ${messageOf(cause)}.`, { cause });
  }
}

function wrongUsage(cause: CommanderError): DresscutError {
  return new DresscutError('invalid-option', cause.message.replace(/^error: /, ''), { cause });
}

function describeCommand(): Command {
  const program = new Command('dresscut')
    .argument('<photos...>', 'photos, and folders of photos')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', NOTES)
    .exitOverride()
    .optionsGroup('What to make:');
  for (const name of OPTION_NAMES) program.option(FLAGS[name], describe(name));
  return program
    .optionsGroup('Where it goes:')
    .option('--out <folder>', 'Folder for the results.', 'results')
    .option('--json', 'Findings to standard output, one JSON object a line, nothing else.')
    .option('--report', 'Also report.html: photo, overlay, cut-out and findings, worst first.')
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
