import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import sharp, { type Sharp } from 'sharp';
import type { Description } from '../lib/description';
import { messageOf } from '../lib/errors';
import { describePhoto, embeddings, fileOf, findPhoto, photosIn } from './described';
import { interval } from './scores';
import { percent, table } from './table';
import { disturbed, elsewhere } from './views';

/** What somebody saw who looked at a dress; `null` where it cannot be told. */
interface Seen {
  /** Terms of which the first or any other may be called the main colour. */
  readonly main: readonly string[];
  readonly pattern: string | null;
  readonly length: readonly string[] | null;
}

/** A photo before its view is made, and another one whose surroundings it may borrow. */
interface Source {
  readonly id: string;
  readonly photo: Buffer;
  readonly other: Buffer;
}

const drawn =
  (draw: (photo: Sharp, width: number, height: number) => Sharp) =>
  async ({ photo }: Source) => {
    const { width, height } = await sharp(photo).metadata();
    return draw(sharp(photo), width, height).jpeg({ quality: 85 }).toBuffer();
  };

/** The same dress as another camera might have taken it. */
const VIEWS: Readonly<Record<string, (source: Source) => Promise<Buffer>>> = {
  'other crop': drawn((photo, width, height) =>
    photo.extract({
      left: Math.round(0.12 * width),
      top: Math.round(0.03 * height),
      width: Math.round(0.78 * width),
      height: Math.round(0.9 * height),
    }),
  ),
  'light 0.6': drawn((photo) => photo.linear(0.6, 0)),
  'light 1.35': drawn((photo) => photo.linear(1.35, 0)),
  'warm cast': drawn((photo) => photo.linear([1.12, 1, 0.88], [0, 0, 0])),
  'cold cast': drawn((photo) => photo.linear([0.88, 1, 1.12], [0, 0, 0])),
  'half the size': drawn((photo, width) => photo.resize(Math.round(width / 2))),
  'all of these at once': ({ photo, id }) => disturbed(photo, `${id} disturbed`),
  'and before another background': async ({ photo, other, id }) =>
    disturbed(await elsewhere(await findPhoto(photo), other), `${id} elsewhere`),
};

interface Flags {
  readonly photos: string[];
  readonly labels: string;
  readonly only?: string;
  readonly gallery?: string[];
  readonly pairs?: string;
  readonly cache?: string;
}

async function main(): Promise<void> {
  const flags = new Command('bench:describe')
    .description('How often descriptions say what people see, and whether a dress is found again.')
    .requiredOption('--photos <dirs...>', 'the photos')
    .option('--labels <file>', 'what was seen', 'training/splits/ccp-descriptions.json')
    .option('--only <file>', 'JSON with a list of names `dress`: only these are counted')
    .option('--gallery <dirs...>', 'also look for each dress, disturbed, among all photos of these folders')
    .option('--pairs <file>', 'with --gallery: JSON with lists of two photos of one dress')
    .option('--cache <file>', 'with --gallery: keeps embeddings between runs of one version')
    .parse()
    .opts<Flags>();
  const seen = JSON.parse(readFileSync(flags.labels, 'utf8')) as Record<string, Seen>;
  const wanted = flags.only && (JSON.parse(readFileSync(flags.only, 'utf8')) as { dress: string[] }).dress;
  const counted = Object.keys(seen).filter((id) => !wanted || wanted.includes(id));
  await tellWords(counted, seen, flags);
  if (flags.gallery !== undefined) await tellLikes(counted, flags, flags.gallery);
}

async function tellWords(counted: readonly string[], seen: Record<string, Seen>, { photos }: Flags): Promise<void> {
  const pick: (Seen & { told: Description | null })[] = [];
  for (const id of counted) {
    pick.push({ told: await describePhoto(readFileSync(fileOf(photos, id))), ...(seen[id] as Seen) });
  }
  const right = {
    'main colour': pick.map(({ told, main: terms }) => terms.includes(told?.colours[0]?.name.split(' ').at(-1) ?? '')),
    'plain or patterned': pick.flatMap(({ told, pattern }) => (pattern === null ? [] : [told?.pattern === pattern])),
    length: pick.flatMap(({ told, length }) => (length === null ? [] : [length.includes(told?.length ?? '')])),
  };
  print(
    ['what', 'right', 'of', '95 %'],
    Object.entries(right)
      .filter(([, each]) => each.length > 0)
      .map(shareLine),
  );
}

async function tellLikes(counted: readonly string[], flags: Flags, folders: readonly string[]): Promise<void> {
  const embed = embeddings(flags.cache ?? null);
  const gallery = new Map<string, readonly number[]>();
  for (const { id, file } of photosIn(folders)) {
    const { vector } = await embed(id, 'plain', () => readFileSync(file));
    if (vector !== null) gallery.set(id, vector);
  }
  const rows: string[][] = [];
  for (const [view, draw] of Object.entries(VIEWS)) {
    const ranks: number[] = [];
    for (const [at, id] of counted.entries()) {
      const [photo, other] = [id, counted[(at + 7) % counted.length] ?? id].map((name) =>
        readFileSync(fileOf(flags.photos, name)),
      ) as [Buffer, Buffer];
      const { vector } = await embed(id, view, () => draw({ id, photo, other }));
      ranks.push(rankOf(vector ?? [], id, gallery));
    }
    rows.push(rankLine(view, ranks));
  }
  if (flags.pairs !== undefined) {
    const pairs = JSON.parse(readFileSync(flags.pairs, 'utf8')) as [string, string][];
    const ranks = pairs.flatMap(([one, other]) => [
      rankOf(gallery.get(one) ?? [], other, gallery, one),
      rankOf(gallery.get(other) ?? [], one, gallery, other),
    ]);
    rows.push(rankLine('really another photo', ranks));
  }
  process.stdout.write(`\nlooked for among ${gallery.size} photos\n`);
  print(['view', 'first', 'of', '95 %', 'among ten'], rows);
}

/** At which place a dress comes, from 1. @param query a photo that is not to be found: it is the query itself */
function rankOf(
  vector: readonly number[],
  id: string,
  gallery: ReadonlyMap<string, readonly number[]>,
  query?: string,
): number {
  const score = (other: readonly number[]) => other.reduce((sum, value, i) => sum + value * (vector[i] ?? 0), 0);
  const own = score(gallery.get(id) ?? []);
  let rank = 1;
  for (const [other, numbers] of gallery) if (other !== id && other !== query && score(numbers) > own) rank++;
  return rank;
}

const share = (some: readonly boolean[]) => some.filter(Boolean).length / some.length;

function shareLine([what, right]: [string, readonly boolean[]]): string[] {
  const [low, high] = interval(right, share);
  return [what, percent(share(right)), String(right.length), `${percent(low)} to ${percent(high)}`];
}

function rankLine(view: string, ranks: readonly number[]): string[] {
  return [...shareLine([view, ranks.map((rank) => rank === 1)]), percent(share(ranks.map((rank) => rank <= 10)))];
}

function print(head: string[], rows: string[][]): void {
  process.stdout.write(`${table([head, ...rows])}\n`);
}

main().catch((thrown: unknown) => {
  process.stderr.write(`bench:describe: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
