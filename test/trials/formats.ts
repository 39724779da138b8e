import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { table } from '../../bench/table';
import { DresscutError } from '../../lib/errors';
import { decode } from '../../lib/pipeline/decode';
import { ODD_FILES, type OddFile } from '../helpers/odd-files';
import { difference, middles, QUARTERS, type Rgb } from '../helpers/pictures';

/** What codecs and profiles may change of a colour, in levels of 255. */
const CLOSE = 6;

/**
 * `npm run trials:formats`: one file of each odd kind, made by scripts, and what becomes of it. Prints the table of
 * `docs/formats.md`; `--out FOLDER` keeps the files.
 */
export async function formatsTable(out?: string): Promise<string> {
  const rows = [['file', 'answer', 'upright', 'colours']];
  for (const [index, file] of ODD_FILES.entries()) {
    const bytes = await file.make();
    if (out !== undefined) await writeFile(join(out, `${String(index + 1).padStart(2, '0')} ${nameOf(file)}`), bytes);
    rows.push([file.name, ...(await answerOf(file, bytes))]);
  }
  return table(rows);
}

const nameOf = ({ name }: OddFile) => name.replace(/[^\w %-]/g, '');

async function answerOf({ colours = QUARTERS }: OddFile, bytes: Buffer): Promise<string[]> {
  try {
    const { photo, format } = await decode(bytes);
    const seen = middles(photo);
    const off = difference(seen, colours);
    const upright = seen.every((colour, i) => nearest(colour, colours) === nearest(colours[i]!, colours));
    return [
      `${format}, ${photo.width} x ${photo.height}`,
      upright ? 'yes' : 'no',
      off <= CLOSE ? 'yes' : `off by ${off}`,
    ];
  } catch (thrown) {
    if (!(thrown instanceof DresscutError)) throw thrown;
    const { found } = thrown.facts;
    // What stands behind the name of a kind is advice.
    const answer = typeof found === 'string' ? `not read: ${found.split(/;| \(/)[0]}` : `refused: ${thrown.code}`;
    return [answer, '-', '-'];
  }
}

/** Which of some colours is the nearest; the first of those that are alike. */
function nearest(colour: Rgb, colours: readonly Rgb[]): number {
  const distances = colours.map((other) => difference([colour], [other]));
  return distances.indexOf(Math.min(...distances));
}

async function main(): Promise<void> {
  const { out } = parseArgs({ options: { out: { type: 'string' } } }).values;
  if (out !== undefined) await mkdir(out, { recursive: true });
  process.stdout.write(`${await formatsTable(out)}\n`);
}

if (require.main === module) {
  main().catch((thrown: unknown) => {
    process.stderr.write(`formats: ${String(thrown)}\n`);
    process.exitCode = 1;
  });
}
