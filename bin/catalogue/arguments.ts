import { basename, extname } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { takeMetadata, takeSearch } from '../../lib/catalogue/options';
import { checkName } from '../../lib/catalogue/rules';
import { LENGTHS, PATTERNS } from '../../lib/description';
import { DresscutError } from '../../lib/errors';
import { EXPECTS } from '../../lib/options';
import type { Outlets } from '../cut/arguments';

interface Common {
  /** A file, or `s3vectors:` and a bucket. */
  readonly catalogue: string;
  /** Of the catalogue in it. */
  readonly name: string;
  readonly expect: (typeof EXPECTS)[number];
  readonly json: boolean;
}

export interface IndexRequest extends Common, Pick<ReturnType<typeof takeMetadata>, 'metadata'> {
  readonly inputs: readonly string[];
}

export interface SimilarRequest extends Common, ReturnType<typeof takeSearch> {
  readonly photo: string;
  /** Where the page goes; `null` for none. */
  readonly report: string | null;
}

/** @returns `null` when help was asked for and has been written. @throws DresscutError `invalid-option` */
export function parseIndex(argv: readonly string[], outlets: Outlets): IndexRequest | null {
  const program = common('dresscut index', outlets)
    .description('Cut and describe photos, and put them into a catalogue. Photos that are in it unchanged are skipped.')
    .argument('<photos...>', 'photos, and folders of photos')
    .option('--metadata <json>', 'Your own names and values for every dress, as a JSON object.', '{}');
  if (!parsed(program, argv)) return null;
  const flags = program.opts<Common & { metadata: string }>();
  const { metadata } = takeMetadata({ metadata: flags.metadata });
  return { ...flags, name: nameOf(flags), json: flags.json ?? false, inputs: program.args, metadata };
}

/** @returns `null` when help was asked for and has been written. @throws DresscutError `invalid-option` */
export function parseSimilar(argv: readonly string[], outlets: Outlets): SimilarRequest | null {
  const program = common('dresscut similar', outlets)
    .description('The dresses of a catalogue that are most like the one in a photo.')
    .argument('<photo>', 'a photo')
    .option('--limit <number>', 'How many, 1 to 100.', '10')
    .option('--colour <name>', 'Only dresses with this colour, such as blue or "dark blue".')
    .addOption(new Option('--pattern <what>', 'Only these.').choices([...PATTERNS]))
    .addOption(new Option('--length <what>', 'Only these.').choices([...LENGTHS]))
    .option('--metadata <json>', 'Only dresses with these names and values.')
    .option('--report [page]', 'Also a page with the photo and its likes. (default page: similar.html)');
  if (!parsed(program, argv)) return null;
  const { report, ...flags } = program.opts<Common & { report?: string | true }>();
  const page = report === true ? 'similar.html' : (report ?? null);
  const { search, rest } = takeSearch({ ...flags });
  const photo = program.args[0] as string;
  return { ...flags, search, rest, name: nameOf(flags), json: flags.json ?? false, photo, report: page };
}

function common(name: string, { stdout, stderr }: Outlets): Command {
  return new Command(name)
    .requiredOption('--catalogue <file>', 'Where the catalogue is: a file such as shop.db, or s3vectors:BUCKET.')
    .option('--name <name>', 'Of the catalogue in it; without it, the name of the file.')
    .addOption(new Option('--expect <what>', 'dress: every photo shows one.').choices([...EXPECTS]).default('auto'))
    .option('--json', 'One JSON object a line to standard output, nothing else.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      // Wrong usage is thrown and told in one place.
      outputError: () => undefined,
    });
}

function parsed(program: Command, argv: readonly string[]): boolean {
  try {
    program.parse(argv, { from: 'user' });
    return true;
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode === 0) return false;
    throw new DresscutError('invalid-option', thrown.message.replace(/^error: /, ''), { cause: thrown });
  }
}

/** `My shop.db` holds the catalogue my-shop, which HTTP then knows by the same name. */
function nameOf({ name, catalogue }: { readonly name?: string; readonly catalogue: string }): string {
  const file = basename(catalogue, extname(catalogue)).toLowerCase();
  const made =
    name ??
    (file
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '')
      .slice(0, 32) ||
      'dresses');
  checkName(made);
  return made;
}
