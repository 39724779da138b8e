import { readdir, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { Command } from 'commander';
import { createApp } from '../lib/app';
import { messageOf } from '../lib/errors';
import type { Find } from '../lib/find';
import { VERDICTS, type Verdict } from '../lib/findings';
import { VERDICT } from '../lib/pipeline/verdict';
import { percent, table } from './table';

/** What the limits are to do, on photos that training never saw. */
const AIM = {
  /** Share of dresses that come out, as ok or for review: at least this, in every set. */
  dressesOut: 0.96,
  /** Share of other photos that are ok: at most this, in every set. */
  othersOk: 0.02,
} as const;

/** Limits are tried in steps of this. */
const STEP = 0.05;

/** Presence of every photo of one set. */
export interface PresenceSet {
  readonly name: string;
  readonly dresses: readonly number[];
  readonly others: readonly number[];
}

/** How often each verdict is given, by all that makes one and with the limits of today. */
interface Verdicts {
  readonly dresses: Readonly<Record<Verdict, number>>;
  readonly others: Readonly<Record<Verdict, number>>;
}

/** The two limits that meet the aim on every set; `null` where none does. */
export interface ChosenLimits {
  /** The highest limit that lets enough dresses through. */
  readonly absent: number | null;
  /** The lowest limit above which few enough of the others are. */
  readonly doubtful: number | null;
}

const limits = Array.from({ length: Math.round(1 / STEP) + 1 }, (_, i) => Math.round(i * STEP * 100) / 100);

/** The share of values that reach a limit; 0 of none. */
export function reaching(values: readonly number[], limit: number): number {
  return values.length === 0 ? 0 : values.filter((value) => value >= limit).length / values.length;
}

/** @param sets each with at least one dress */
export function chooseLimits(sets: readonly PresenceSet[]): ChosenLimits {
  const enough = limits.filter((limit) => sets.every((set) => reaching(set.dresses, limit) >= AIM.dressesOut));
  const few = limits.filter((limit) => sets.every((set) => reaching(set.others, limit) <= AIM.othersOk));
  return { absent: enough.at(-1) ?? null, doubtful: few[0] ?? null };
}

/** One line a limit: which share of each set's dresses and others reach it. */
export function curve(sets: readonly PresenceSet[]): string {
  const heads = sets.flatMap(({ name, dresses, others }) => [
    `${name}: ${dresses.length} dresses`,
    `${name}: ${others.length} others`,
  ]);
  const rows = limits.map((limit) => [
    limit.toFixed(2),
    ...sets.flatMap(({ dresses, others }) => [percent(reaching(dresses, limit)), percent(reaching(others, limit))]),
  ]);
  return table([['presence from', ...heads], ...rows]);
}

async function main(): Promise<void> {
  const { set } = new Command('limits')
    .description('How presence parts dresses from other photos, and the limits of the verdicts that follow from it.')
    .requiredOption(
      '--set <name:photos:split>',
      'a name, a folder of photos, and JSON with two lists of their names: dress, no_dress; may be repeated',
      (value: string, before: readonly string[]) => [...before, value],
      [] as readonly string[],
    )
    .parse()
    .opts<{ set: readonly string[] }>();
  const { find } = createApp();
  const sets: (PresenceSet & { verdicts: Verdicts })[] = [];
  for (const one of set) sets.push(await judged(one, find));
  const { absent, doubtful } = chooseLimits(sets);
  const said = (limit: number | null) => (limit === null ? 'none' : limit.toFixed(2));
  process.stdout.write(`${curve(sets)}

${table([
  ['verdicts now', ...VERDICTS],
  ...sets.flatMap(({ name, verdicts: { dresses, others } }) => [
    [`${name}: dresses`, ...VERDICTS.map((verdict) => dresses[verdict])],
    [`${name}: others`, ...VERDICTS.map((verdict) => others[verdict])],
  ]),
])}

at least ${percent(AIM.dressesOut)} of the dresses of every set reach ${said(absent)}: absent, now ${VERDICT.absent}
at most ${percent(AIM.othersOk)} of the others of every set reach ${said(doubtful)}: doubtful, now ${VERDICT.doubtful}
`);
}

async function judged(set: string, find: Find): Promise<PresenceSet & { verdicts: Verdicts }> {
  const [name = '', photos = '', splitFile = ''] = set.split(':');
  const split = JSON.parse(await readFile(splitFile, 'utf8')) as Record<'dress' | 'no_dress', string[]>;
  const files = new Map((await readdir(photos)).map((file) => [parse(file).name, join(photos, file)]));
  const judgeAll = async (ids: readonly string[]) => {
    const presence: number[] = [];
    const verdicts = { ok: 0, review: 0, no_dress: 0 };
    for (const id of ids) {
      const path = files.get(id);
      if (path === undefined) throw new Error(`${photos} has no photo called ${id}`);
      const { findings } = await find(await readFile(path), { mode: 'default', expect: 'auto' });
      presence.push(findings.presence);
      verdicts[findings.verdict] += 1;
    }
    return { presence, verdicts };
  };
  const [dresses, others] = [await judgeAll(split.dress), await judgeAll(split.no_dress)];
  const verdicts = { dresses: dresses.verdicts, others: others.verdicts };
  return { name, dresses: dresses.presence, others: others.presence, verdicts };
}

if (require.main === module) {
  main().catch((thrown: unknown) => {
    process.stderr.write(`limits: ${messageOf(thrown)}\n`);
    process.exitCode = 1;
  });
}
