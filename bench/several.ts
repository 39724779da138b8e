import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import sharp from 'sharp';
import { createApp } from '../lib/app';
import { chosenMatte } from '../lib/chosen-matte';
import { messageOf } from '../lib/errors';
import type { Find } from '../lib/find';
import { decode } from '../lib/pipeline/decode';
import { compose, KINDS, type Kind, type Person } from './composites';
import { type LabelledFolder, labelledPhotos, truthOf } from './labelled-photos';
import { halves, iou, mean, overlap } from './scores';
import { figure, percent, table } from './table';

interface Options {
  readonly photos: string;
  readonly labels: string;
  readonly split: string;
  readonly show?: string;
}

/** What came of one composite. */
interface Row {
  readonly kind: Kind;
  readonly people: number;
  readonly found: number;
  /** Of each person's dress with the found one that fits it best; 0 where none is left for it. */
  readonly ious: readonly number[];
}

async function main(): Promise<void> {
  const options = new Command('several')
    .description('Put people of labelled photos side by side, and say how often their dresses are counted and parted.')
    .requiredOption('--photos <dir>', 'the photos')
    .requiredOption('--labels <dir>', 'label maps of the same names: 0 background, 14 dress')
    .requiredOption('--split <file>', 'JSON with two lists of photo names: dress, no_dress')
    .option('--show <dir>', 'write each composite that was counted wrongly here; they show strangers')
    .parse()
    .opts<Options>();
  const people = await peopleOf(options);
  const { find } = createApp();
  const rows: Row[] = [];
  for (const kind of KINDS) {
    for (const number of [1, 2, 3]) {
      if (number === 1 && kind !== 'apart') continue;
      for (let i = 0; i < people.length; i += number === 3 ? 4 : number === 2 ? 2 : 1) {
        const some = Array.from({ length: number }, (_, k) => people[(i + k) % people.length] as Person);
        rows.push(await judge(some, kind, find, options.show));
      }
    }
  }
  process.stdout.write(`${print(rows)}\n`);
}

async function peopleOf({ photos, labels, split }: Options): Promise<Person[]> {
  const { dress } = JSON.parse(await readFile(split, 'utf8')) as { dress: string[] };
  const folder: LabelledFolder = { photos, labels, classes: { dress: [14], skin: [] }, split: { dress, no_dress: [] } };
  const anybody = Array.from({ length: 255 }, (_, id) => id + 1);
  const people: Person[] = [];
  for await (const { id, bytes } of labelledPhotos(folder)) {
    const { photo } = await decode(bytes);
    const truth = await truthOf(folder, id, photo);
    const person = await truthOf({ ...folder, classes: { dress: anybody, skin: [] } }, id, photo);
    people.push({ id, photo, dress: truth.dress, person: person.dress });
  }
  return people;
}

async function judge(some: readonly Person[], kind: Kind, find: Find, show: string | undefined): Promise<Row> {
  const { photo, dresses } = await compose(some, kind);
  const { width, height } = photo;
  const file = await sharp(photo.rgb, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
  const found = await find(file, { mode: 'default', expect: 'dress' });
  const count = found.findings.dresses.length;
  const guesses = Array.from({ length: count }, (_, i) => halves(chosenMatte(found, i + 1).alpha));
  if (show !== undefined && count !== some.length) {
    await sharp(file).toFile(`${show}/${kind}-${some.map(({ id }) => id).join('-')}-found-${count}.jpg`);
  }
  return { kind, people: some.length, found: count, ious: bestFits(dresses, guesses) };
}

/** Each truth's IoU with a guess of its own, the best pairs first. */
function bestFits(truths: readonly Uint8Array[], guesses: readonly Uint8Array[]): number[] {
  const pairs = truths.flatMap((truth, t) => guesses.map((guess, g) => ({ t, g, value: iou(overlap(guess, truth)) })));
  const ious = truths.map(() => 0);
  const [takenTruths, takenGuesses] = [new Set<number>(), new Set<number>()];
  for (const { t, g, value } of pairs.sort((a, b) => b.value - a.value)) {
    if (takenTruths.has(t) || takenGuesses.has(g)) continue;
    takenTruths.add(t);
    takenGuesses.add(g);
    ious[t] = value;
  }
  return ious;
}

const nameOf = ({ kind, people }: Row): string => `${people} ${kind}`;

function print(rows: readonly Row[]): string {
  const names = [...new Set(rows.map(nameOf))];
  const lines = names.map((name) => {
    const group = rows.filter((row) => nameOf(row) === name);
    const right = group.filter(({ people, found }) => people === found);
    const share = (some: number) => `${some} of ${group.length}`;
    return [
      name,
      `${right.length} of ${group.length}`,
      share(group.filter(({ people, found }) => found < people).length),
      share(group.filter(({ people, found }) => found > people).length),
      figure(mean(group.flatMap(({ ious }) => ious))),
      right.length === 0 ? '-' : figure(mean(right.flatMap(({ ious }) => ious))),
      percent(mean(group.flatMap(({ ious }) => ious.map((value) => Number(value > 0.5))))),
    ];
  });
  const head = ['people', 'count right', 'too few', 'too many', 'mean IoU', 'where right', 'IoU above 0.5'];
  return table([head, ...lines]);
}

main().catch((thrown: unknown) => {
  process.stderr.write(`several: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
