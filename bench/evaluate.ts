import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command, Option } from 'commander';
import { createApp } from '../lib/app';
import { messageOf } from '../lib/errors';
import { evaluatePage } from './evaluate-page';
import {
  evaluate,
  type Failure,
  overview,
  type Result,
  type Row,
  ranked,
  type Summary,
  SWITCHED,
  summarise,
  WAYS,
} from './evaluation';
import { classIds, type LabelledFolder } from './labelled-photos';
import { machine } from './machine';
import { AROUND, type Around } from './padded';
import { iou, pooled } from './scores';
import { figure, table } from './table';

interface Options {
  photos: string;
  labels: string;
  masks: boolean;
  names?: string;
  dress: string;
  skin: string;
  split?: string;
  slices?: string;
  around?: Around;
  json?: string;
  html?: string;
}

async function main(): Promise<void> {
  const options = new Command('dresscut evaluate')
    .description('Run the real pipeline on labelled photos and say how good its cut-outs are.')
    .requiredOption('--photos <dir>', 'the photos')
    .requiredOption('--labels <dir>', 'labels: 8-bit PNGs of the same names, one class id a pixel')
    .option('--masks', 'the labels are masks instead: the dress is white, or opaque', false)
    .option('--names <file>', 'JSON list of class names in order, so that --dress and --skin may use names')
    .option('--dress <classes>', 'classes that are dress: ids or names, comma-separated', '14')
    .option('--skin <classes>', 'classes that are skin', '41')
    .option('--split <file>', 'JSON with two lists of photo names: dress, no_dress')
    .option('--slices <file>', 'JSON with lists of photo names, one a slice, to be told apart')
    .addOption(
      new Option('--around <what>', 'put each photo in a frame twice its size, filled with this').choices(AROUND),
    )
    .option('--json <file>', 'write the figures and every photo here, too')
    .option('--html <file>', 'write a page with the worst and the best photos here; it holds the photos themselves')
    .parse()
    .opts<Options>();
  const folder = await folderOf(options);
  const { segmenter } = createApp();
  const on = machine();
  const { results, failures } = await evaluate(folder, [...WAYS, ...SWITCHED], segmenter);
  const first = results[0] as Result;
  if (!results.some(({ rows }) => rows.length > 0)) throw new Error(`no photo could be cut. ${told(failures)}`);
  if (first.rows.length === 0) throw new Error('none of the photos shows a dress, so there is nothing to compare with');

  const summaries = results.map(summarise);
  const { name: model, version, engine } = await segmenter.load();
  const heading = `${model} ${version} on ${engine}; ${on.cpus} x ${on.cpu}`;
  const slices = options.slices ? await readJson<Record<string, string[]>>(options.slices) : {};
  process.stdout.write(`${heading}\n\n${print(summaries, results, slices)}\n`);
  if (failures.length > 0) process.stdout.write(`\nnot counted: ${told(failures)}\n`);
  if (options.json) {
    const rows = results.map(({ way, rows: each }) => ({ way: way.name, rows: each }));
    await write(options.json, `${JSON.stringify({ heading, machine: on, summaries, rows, failures }, null, 1)}\n`);
  }
  if (options.html) await write(options.html, await evaluatePage({ heading, folder, summaries, results, segmenter }));
}

async function folderOf(options: Options): Promise<LabelledFolder> {
  const { photos, labels, masks } = options;
  const names = options.names ? await readJson<string[]>(options.names) : null;
  const classes = { dress: classIds(options.dress, names), skin: classIds(options.skin, names) };
  const split = options.split ? await readJson<LabelledFolder['split']>(options.split) : null;
  return { photos, labels, classes: masks ? 'masks' : classes, split, around: options.around };
}

const readJson = async <T>(file: string): Promise<T> => JSON.parse(await readFile(file, 'utf8')) as T;

async function write(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  process.stdout.write(`\n${file}\n`);
}

const told = (failures: readonly Failure[]) => failures.map(({ id, reason }) => `${id}: ${reason}`).join('\n');

function print(summaries: readonly Summary[], results: readonly Result[], slices: Record<string, string[]>): string {
  const first = results[0] as Result;
  const presence = summaries.find((summary) => summary.presence !== null)?.presence;
  const shown = results.slice(0, WAYS.length).filter(({ rows }) => rows.length > 0);
  return [
    table(overview(summaries)),
    ...(Object.keys(slices).length > 0 ? [`\n${first.way.name}\n${printSlices(first.rows, slices)}`] : []),
    ...(presence ? [`\n${printPresence(presence)}`] : []),
    ...shown.map(({ way, rows }) => `\nworst ten, ${way.name}: ${worst(rows)}`),
  ].join('\n');
}

function printPresence({ auc, ece, eceByChance, bins }: NonNullable<Summary['presence']>): string {
  const lines = table([
    ['presence said', 'photos', 'mean said', 'share with a dress', 'dresses from here up', 'others from here up'],
    ...bins.map(({ from, to, count, said, was, dressesFrom, othersFrom }) => {
      return [`${from.toFixed(1)}-${to.toFixed(1)}`, count, figure(said), figure(was), dressesFrom, othersFrom];
    }),
  ]);
  return `presence: AUC ${figure(auc)}, ECE ${figure(ece)} (were every probability true, so few photos would show ${figure(eceByChance)})\n${lines}`;
}

function printSlices(rows: readonly Row[], slices: Record<string, string[]>): string {
  const lines = Object.entries(slices).map(([slice, members]) => {
    const inside = rows.filter((row) => members.includes(row.id));
    const [area, outline] = (['area', 'outline'] as const).map((key) => pooled(inside.map((row) => row[key])));
    return [slice, inside.length, figure(area as number), figure(outline as number)];
  });
  return table([['slice', 'photos', 'IoU', 'boundary IoU'], ...lines]);
}

const worst = (rows: readonly Row[]): string =>
  ranked(rows)
    .reverse()
    .slice(0, 10)
    .map((row) => `${row.id} ${iou(row.area).toFixed(2)}`)
    .join(', ');

main().catch((thrown: unknown) => {
  process.stderr.write(`evaluate: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
