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
import { mirrored, spoilt } from './spoilt';
import { figure, percent, table } from './table';

interface Options {
  readonly photos: string;
  readonly labels: string;
  readonly split: string;
  readonly spoilt: boolean;
  readonly show?: string;
}

/** What came of one composite. */
interface Row {
  readonly kind: Kind;
  readonly people: number;
  /** How many of them wear a dress. */
  readonly dressed: number;
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
    .option('--spoilt', 'photos that the network has learned from, made worse as bench:clicks does', false)
    .option('--show <dir>', 'write each composite that was counted wrongly here; they show strangers')
    .parse()
    .opts<Options>();
  const [people, others] = await peopleOf(options);
  const { find } = createApp();
  const rows: Row[] = [];
  for (const kind of KINDS) {
    for (const number of [1, 2, 3]) {
      if (number === 1 && kind !== 'apart') continue;
      for (let i = 0; i < people.length; i += number === 3 ? 4 : number === 2 ? 2 : 1) {
        const some = Array.from({ length: number }, (_, k) => people[(i + k) % people.length] as Person);
        rows.push(await judge(some, number, kind, find, options.show));
      }
    }
  }
  for (const kind of KINDS) {
    for (const [i, other] of others.slice(0, people.length).entries()) {
      rows.push(await judge([people[i] as Person, other], 1, kind, find, options.show));
    }
  }
  process.stdout.write(`${print(rows)}\n`);
}

/** Those who wear a dress, and those who wear none. */
async function peopleOf({ photos, labels, split, spoilt: worse }: Options): Promise<[Person[], Person[]]> {
  const lists = JSON.parse(await readFile(split, 'utf8')) as { dress: string[]; no_dress?: string[] };
  const { dress, no_dress = [] } = lists;
  const folder: LabelledFolder = { photos, labels, classes: { dress: [14], skin: [] }, split: { dress, no_dress } };
  const anybody = Array.from({ length: 255 }, (_, id) => id + 1);
  const [people, others]: [Person[], Person[]] = [[], []];
  for await (const { id, bytes, worn } of labelledPhotos(folder)) {
    const list = worn ? people : others;
    const { photo } = await decode(worse ? await spoilt(bytes, list.length) : bytes);
    const at = async (classes: readonly number[]) => {
      const { dress: truth } = await truthOf({ ...folder, classes: { dress: classes, skin: [] } }, id, photo);
      return worse ? mirrored(truth, photo.width) : truth;
    };
    list.push({ id, photo, dress: await at(worn ? [14] : []), person: await at(anybody) });
  }
  return [people, others];
}

/** @param dressed how many of them wear a dress, the first ones */
async function judge(
  some: readonly Person[],
  dressed: number,
  kind: Kind,
  find: Find,
  show: string | undefined,
): Promise<Row> {
  const { photo, dresses } = await compose(some, kind);
  const { width, height } = photo;
  const file = await sharp(photo.rgb, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
  const found = await find(file, { mode: 'default', expect: 'dress' });
  const count = found.findings.dresses.length;
  const guesses = Array.from({ length: count }, (_, i) => halves(chosenMatte(found, i + 1).alpha));
  if (show !== undefined && count !== dressed) {
    await sharp(file).toFile(`${show}/${kind}-${some.map(({ id }) => id).join('-')}-found-${count}.jpg`);
  }
  return { kind, people: some.length, dressed, found: count, ious: bestFits(dresses.slice(0, dressed), guesses) };
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

const nameOf = ({ kind, people, dressed }: Row): string =>
  people === dressed ? `${people} ${kind}` : `${dressed} and one without, ${kind}`;

function print(rows: readonly Row[]): string {
  const names = [...new Set(rows.map(nameOf))];
  const lines = names.map((name) => {
    const group = rows.filter((row) => nameOf(row) === name);
    const right = group.filter(({ dressed, found }) => dressed === found);
    const share = (some: number) => `${some} of ${group.length}`;
    return [
      name,
      `${right.length} of ${group.length}`,
      share(group.filter(({ dressed, found }) => found < dressed).length),
      share(group.filter(({ dressed, found }) => found > dressed).length),
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
