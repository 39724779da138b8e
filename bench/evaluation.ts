import { createApp } from '../lib/app';
import { messageOf } from '../lib/errors';
import { createFind, type Find } from '../lib/find';
import type { Findings } from '../lib/findings';
import type { EXPECTS, MODES } from '../lib/options';
import { REFINE, type RefineSettings, refine } from '../lib/pipeline/refine';
import { threshold } from '../lib/pipeline/threshold';
import type { Segmenter } from '../lib/ports';
import { type LabelledFolder, labelledPhotos, truthOf } from './labelled-photos';
import { padded } from './padded';
import {
  auc,
  boundaryOverlap,
  calibration,
  eceByChance,
  halves,
  interval,
  iou,
  mean,
  median,
  type Overlap,
  overlap,
  pooled,
} from './scores';
import { figure, ms, percent } from './table';

/** A way of asking the pipeline, with one of its steps switched off or none. */
export interface Way {
  readonly name: string;
  readonly mode: (typeof MODES)[number];
  readonly expect: (typeof EXPECTS)[number];
  readonly refine?: typeof refine;
}

/** The ways that one asks in earnest, and the article's as the baseline. */
export const WAYS: readonly Way[] = [
  { name: 'default, expect dress', mode: 'default', expect: 'dress' },
  { name: 'default, expect auto', mode: 'default', expect: 'auto' },
  { name: 'article, expect dress', mode: 'article', expect: 'dress' },
];

const changed =
  (change: Partial<RefineSettings>): typeof refine =>
  (photo, probabilities) =>
    refine(photo, probabilities, [], { ...REFINE, ...change });

/** The first way with a step switched off: what is each worth? */
export const SWITCHED: readonly Way[] = [
  { name: 'without GrabCut', mode: 'default', expect: 'dress', refine: changed({ iterations: 0 }) },
  { name: 'without the guided filter', mode: 'default', expect: 'dress', refine: changed({ radius: 0 }) },
  {
    name: 'the network alone',
    mode: 'default',
    expect: 'dress',
    refine: async (photo, probabilities) => threshold(photo, probabilities),
  },
];

/** What one photo gave in one way of asking. */
export interface Row {
  readonly id: string;
  readonly worn: boolean;
  readonly findings: Findings;
  readonly area: Overlap;
  readonly outline: Overlap;
  /** Pixels of the cut-out, and those of them that the labels call skin; `null` where they do not tell. */
  readonly cut: number;
  readonly leaked: number | null;
}

export interface Result {
  readonly way: Way;
  readonly rows: readonly Row[];
}

/** A photo that gave no figures, and why. */
export interface Failure {
  readonly id: string;
  readonly reason: string;
}

/** Every photo in every way, the photos one after the other. Photos that cannot be cut are told of and left out. */
export async function evaluate(
  folder: LabelledFolder,
  ways: readonly Way[],
  segmenter: Segmenter = createApp().segmenter,
): Promise<{ results: Result[]; failures: Failure[] }> {
  const askers = ways.map((way) => ({ way, rows: [] as Row[], find: finderOf(way, segmenter) }));
  const failures: Failure[] = [];
  for await (const { id, bytes: own, worn } of labelledPhotos(folder)) {
    try {
      const bytes = folder.around ? await padded(own, folder.around) : own;
      // The first photo of all pays for loading the network; nobody asks how long that takes here.
      if (askers.every(({ rows }) => rows.length === 0)) await askers[0]?.find(bytes, askers[0].way);
      const found: { rows: Row[]; row: Row }[] = [];
      for (const { way, rows, find } of askers) {
        if (way.expect === 'dress' && !worn) continue; // nobody would ask for it
        found.push({ rows, row: await judge(folder, id, bytes, worn, way, find) });
      }
      for (const { rows, row } of found) rows.push(row);
    } catch (thrown) {
      failures.push({ id, reason: messageOf(thrown) });
    }
  }
  return { results: askers.map(({ way, rows }) => ({ way, rows })), failures };
}

/** The pipeline as a way asks for it. */
export function finderOf({ refine: toMatte = refine }: Way, segmenter: Segmenter): Find {
  return createFind({ segmenter, refine: toMatte });
}

async function judge(
  folder: LabelledFolder,
  id: string,
  bytes: Uint8Array,
  worn: boolean,
  { mode, expect }: Way,
  find: Find,
): Promise<Row> {
  const { findings, matte } = await find(bytes, { mode, expect });
  const { width, height } = findings.photo;
  const truth = await truthOf(folder, id, { width, height });
  // What is not worn as a dress is none, whatever the labels call it.
  const dress = worn ? truth.dress : new Uint8Array(width * height);
  const guess = matte ? halves(matte.alpha) : new Uint8Array(width * height);
  const outline = boundaryOverlap(guess, dress, width, height);
  const cut = guess.reduce((sum, value) => sum + value, 0);
  const leaked = truth.skin && overlap(guess, truth.skin).intersection;
  return { id, worn, findings, area: overlap(guess, dress), outline, cut, leaked };
}

/** The figures of one way. */
export function summarise({ way, rows }: Result) {
  const dresses = rows.filter((row) => row.worn);
  const others = rows.filter((row) => !row.worn);
  const each = dresses.map((row) => iou(row.area));
  const took = rows.map((row) => Object.values(row.findings.milliseconds).reduce((sum, step) => sum + step, 0));
  const areaOf = (some: readonly Row[]) => pooled(some.map((row) => row.area));
  const outlineOf = (some: readonly Row[]) => pooled(some.map((row) => row.outline));
  const sum = (key: 'cut' | 'leaked') => dresses.reduce((total, row) => total + (row[key] ?? 0), 0);
  return {
    name: way.name,
    dresses: dresses.length,
    others: others.length,
    iou: areaOf(dresses),
    iouInterval: interval(dresses, areaOf),
    meanIou: mean(each),
    medianIou: median(each),
    boundaryIou: outlineOf(dresses),
    boundaryInterval: interval(dresses, outlineOf),
    meanBoundaryIou: mean(dresses.map((row) => iou(row.outline))),
    /** Share of all cut-outs' pixels that the labels call skin; `null` where they do not tell, or nothing was cut. */
    skinLeak: dresses.some((row) => row.leaked === null) || sum('cut') === 0 ? null : sum('leaked') / sum('cut'),
    missed: dresses.filter((row) => row.findings.verdict === 'no_dress').length,
    falseDresses: others.filter((row) => row.findings.verdict !== 'no_dress').length,
    /** Medians of a warm call, and of each step. */
    milliseconds: median(took),
    refineMilliseconds: median(dresses.map((row) => row.findings.milliseconds.refine ?? 0)),
    presence: way.expect === 'auto' && others.length > 0 ? reliability(rows) : null,
  };
}

export type Summary = ReturnType<typeof summarise>;

/** The figures as a table's cells, a line a way; the first is the head. */
export function overview(summaries: readonly Summary[]): string[][] {
  const span = ([low, high]: readonly [number, number]) => `(${low.toFixed(2)}-${high.toFixed(2)})`;
  return [
    ['way', 'IoU (95 %)', 'mean', 'median', 'boundary IoU (95 %)', 'skin leak', 'missed', 'false dresses', 'ms'],
    ...summaries.map((s) => [
      s.name,
      `${figure(s.iou)} ${span(s.iouInterval)}`,
      figure(s.meanIou),
      figure(s.medianIou),
      `${figure(s.boundaryIou)} ${span(s.boundaryInterval)}`,
      s.skinLeak === null ? '-' : percent(s.skinLeak),
      `${s.missed} of ${s.dresses}`,
      s.others ? `${s.falseDresses} of ${s.others}` : '-',
      ms(s.milliseconds),
    ]),
  ];
}

/** Is a dress as likely as is said, and how many of either kind are said to be at least so likely? */
function reliability(rows: readonly Row[]) {
  const said = (some: readonly Row[]) => some.map((row) => row.findings.presence);
  const [yes, no] = [true, false].map((worn) => said(rows.filter((row) => row.worn === worn))) as [number[], number[]];
  const worn = rows.map((row) => row.worn);
  const { ece, bins } = calibration(said(rows), worn);
  const reach = (some: readonly number[], limit: number) => some.filter((presence) => presence >= limit).length;
  return {
    auc: auc(yes, no),
    ece,
    eceByChance: eceByChance(said(rows)),
    bins: bins.map((bin) => ({ ...bin, dressesFrom: reach(yes, bin.from), othersFrom: reach(no, bin.from) })),
  };
}

/** Dresses from the best cut to the worst. */
export const ranked = (rows: readonly Row[]): Row[] =>
  rows.filter((row) => row.worn).sort((a, b) => iou(b.area) - iou(a.area));
