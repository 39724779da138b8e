import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { createApp } from '../lib/app';
import type { Findings } from '../lib/findings';
import { DEFAULTS, type EXPECTS, type MODES } from '../lib/options';
import { type LabelledFolder, labelledPhotos, truthOf } from './labelled-photos';
import {
  auc,
  boundaryOverlap,
  calibration,
  interval,
  iou,
  mean,
  median,
  type Overlap,
  overlap,
  pooled,
} from './scores';
import { figure, ms, percent, table } from './table';

/** What one photo gave in one way of asking. */
interface Row {
  readonly id: string;
  readonly worn: boolean;
  readonly findings: Findings;
  readonly area: Overlap;
  readonly outline: Overlap;
  /** Pixels of the cut-out, and those of them that the labels call skin. */
  readonly cut: number;
  readonly leaked: number;
}

interface Way {
  readonly mode: (typeof MODES)[number];
  readonly expect: (typeof EXPECTS)[number];
}

/** The ways that one asks in earnest, and the article's as the baseline. */
const WAYS: readonly Way[] = [
  { mode: 'default', expect: 'dress' },
  { mode: 'default', expect: 'auto' },
  { mode: 'article', expect: 'dress' },
];

async function main(): Promise<void> {
  const options = new Command('evaluate')
    .description('Run the real pipeline on labelled photos and say how good its cut-outs are.')
    .requiredOption('--photos <dir>', 'the photos')
    .requiredOption('--labels <dir>', 'label maps: 8-bit PNGs of the same names, one class id a pixel')
    .option('--dress <ids>', 'ids that are dress, comma-separated', ids, [14])
    .option('--skin <ids>', 'ids that are skin, comma-separated', ids, [41])
    .option('--split <file>', 'JSON with two lists of photo names: dress, no_dress')
    .option('--slices <file>', 'JSON with lists of photo names, one a slice, to be told apart')
    .option('--json <file>', 'write the figures and every photo here, too')
    .parse()
    .opts<{
      photos: string;
      labels: string;
      dress: number[];
      skin: number[];
      split?: string;
      slices?: string;
      json?: string;
    }>();
  const split = options.split ? (JSON.parse(await readFile(options.split, 'utf8')) as LabelledFolder['split']) : null;
  const folder: LabelledFolder = { ...options, split };

  const results = await evaluate(folder, WAYS);
  const summaries = results.map(({ way, rows }) => ({ ...way, ...summarise(rows) }));
  process.stdout.write(`${print(summaries)}\n`);
  if (options.slices) {
    const slices = JSON.parse(await readFile(options.slices, 'utf8')) as Record<string, string[]>;
    for (const { way, rows } of results.slice(0, 1))
      process.stdout.write(`\n${name(way)}\n${printSlices(rows, slices)}\n`);
  }
  const presence = results.find(({ way }) => way.expect === 'auto');
  if (presence) process.stdout.write(`\n${printPresence(presence.rows)}\n`);
  for (const { way, rows } of results) process.stdout.write(`\nworst ten, ${name(way)}: ${worst(rows)}\n`);
  if (options.json) {
    await mkdir(dirname(options.json), { recursive: true });
    await writeFile(options.json, JSON.stringify({ summaries, results }, null, 1));
  }
}

const ids = (text: string): number[] => text.split(',').map(Number);
const name = ({ mode, expect }: Way): string => `${mode}, expect ${expect}`;

/** Every photo in every way; the photos one after the other. */
export async function evaluate(folder: LabelledFolder, ways: readonly Way[]): Promise<{ way: Way; rows: Row[] }[]> {
  const { cutOut } = createApp();
  const results = ways.map((way) => ({ way, rows: [] as Row[] }));
  for await (const { id, bytes, worn } of labelledPhotos(folder)) {
    for (const { way, rows } of results) {
      if (way.expect === 'dress' && !worn) continue; // nobody would ask for it
      const { findings, matte } = await cutOut(bytes, { ...DEFAULTS, ...way, output: 'mask' });
      const { width, height } = findings.photo;
      const truth = await truthOf(folder, id, { width, height });
      const dress = worn ? truth.dress : new Uint8Array(width * height);
      const guess = matte ? matte.alpha.map((alpha) => (alpha > 127 ? 1 : 0)) : new Uint8Array(width * height);
      const cut = guess.reduce((sum, value) => sum + value, 0);
      const leaked = guess.reduce((sum, value, i) => sum + (value & (truth.skin[i] as number)), 0);
      const outline = boundaryOverlap(guess, dress, width, height);
      rows.push({ id, worn, findings, area: overlap(guess, dress), outline, cut, leaked });
    }
  }
  return results;
}

function summarise(rows: Row[]) {
  const dresses = rows.filter((row) => row.worn);
  const others = rows.filter((row) => !row.worn);
  const each = dresses.map((row) => iou(row.area));
  const took = rows.map((row) => Object.values(row.findings.milliseconds).reduce((sum, step) => sum + step, 0));
  const leak = dresses.reduce((sum, row) => sum + row.leaked, 0) / dresses.reduce((sum, row) => sum + row.cut, 0);
  return {
    dresses: dresses.length,
    others: others.length,
    iou: pooled(dresses.map((row) => row.area)),
    iouInterval: interval(dresses, (drawn) => pooled(drawn.map((row) => row.area))),
    meanIou: mean(each),
    medianIou: median(each),
    boundaryIou: pooled(dresses.map((row) => row.outline)),
    boundaryInterval: interval(dresses, (drawn) => pooled(drawn.map((row) => row.outline))),
    meanBoundaryIou: mean(dresses.map((row) => iou(row.outline))),
    skinLeak: leak,
    missed: dresses.filter((row) => row.findings.verdict === 'no_dress').length,
    falseDresses: others.filter((row) => row.findings.verdict !== 'no_dress').length,
    milliseconds: median(took),
    refineMilliseconds: median(dresses.map((row) => row.findings.milliseconds.refine ?? 0)),
  };
}

type Summary = Way & ReturnType<typeof summarise>;

function print(summaries: Summary[]): string {
  const span = ([low, high]: [number, number]) => `${low.toFixed(2)}-${high.toFixed(2)}`;
  return table([
    ['way', 'IoU (95 %)', 'mean', 'median', 'boundary IoU (95 %)', 'skin leak', 'missed', 'false dresses', 'ms'],
    ...summaries.map((s) => [
      name(s),
      `${figure(s.iou)} (${span(s.iouInterval)})`,
      figure(s.meanIou),
      figure(s.medianIou),
      `${figure(s.boundaryIou)} (${span(s.boundaryInterval)})`,
      percent(s.skinLeak),
      `${s.missed} of ${s.dresses}`,
      s.others ? `${s.falseDresses} of ${s.others}` : '-',
      ms(s.milliseconds),
    ]),
  ]);
}

function printPresence(rows: Row[]): string {
  const said = rows.map((row) => row.findings.presence);
  const worn = rows.map((row) => row.worn);
  const { ece, bins } = calibration(said, worn);
  const area = auc(
    said.filter((_, i) => worn[i]),
    said.filter((_, i) => !worn[i]),
  );
  const lines = table([
    ['presence said', 'photos', 'mean said', 'share with a dress'],
    ...bins.map((bin) => [`${bin.from.toFixed(1)}-${bin.to.toFixed(1)}`, bin.count, figure(bin.said), figure(bin.was)]),
  ]);
  return `presence: AUC ${figure(area)}, ECE ${figure(ece)}\n${lines}`;
}

function printSlices(rows: Row[], slices: Record<string, string[]>): string {
  const lines = Object.entries(slices).map(([slice, members]) => {
    const inside = rows.filter((row) => members.includes(row.id));
    return [
      slice,
      inside.length,
      figure(pooled(inside.map((row) => row.area))),
      figure(pooled(inside.map((row) => row.outline))),
    ];
  });
  return table([['slice', 'photos', 'IoU', 'boundary IoU'], ...lines]);
}

function worst(rows: Row[]): string {
  return rows
    .filter((row) => row.worn)
    .sort((a, b) => iou(a.area) - iou(b.area))
    .slice(0, 10)
    .map((row) => `${row.id} ${iou(row.area).toFixed(2)}`)
    .join(', ');
}

if (require.main === module) void main();
