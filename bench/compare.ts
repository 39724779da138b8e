import { resolve } from 'node:path';
import { Command } from 'commander';
import { messageOf } from '../lib/errors';
import { MALLOC } from '../lib/processes/start';
import { machine } from './machine';
import { median } from './scores';
import type { Timing } from './speed/figures';
import { FULL } from './speed/plan';
import { measure, ROOT, say } from './speed/processes';
import { roundsFor } from './speed/timings';
import { ms, table } from './table';

/** What ours may take, ms, and what the whole, as a multiple of its floor; by the photo's height in pixels. */
const AIMS: Readonly<Record<number, { readonly ours: number; readonly ratio: number }>> = {
  1536: { ours: 35, ratio: 1.6 },
  4243: { ours: 80, ratio: 1.35 },
  8485: { ours: 180, ratio: 1.25 },
};
/** Our own code takes some ten photos to warm up. */
const ROUNDS = 21;

/** The whole cut-out in two checkouts, in turns: a machine whose clock wavers does so for both. */
async function main(): Promise<void> {
  const { before, turns, plain } = new Command('bench:compare')
    .description('Time the cut-out of an older checkout, with its dependencies installed, and of this one, in turns.')
    .requiredOption('--before <dir>', 'the older checkout')
    .option('--turns <count>', 'of each', Number, 3)
    .option('--plain', "without the allocator's settings that workers and functions have", false)
    .parse()
    .opts<{ before: string; turns: number; plain: boolean }>();
  const env = plain ? {} : MALLOC;
  const roots = [resolve(before), ROOT];
  const rows: (string | number)[][] = [];
  for (const format of FULL.formats) {
    for (const height of FULL.heights) {
      const ask = { height, format, rounds: roundsFor(ROUNDS, height), threads: 1 };
      const timings: Timing[][] = roots.map(() => []);
      for (let turn = 1; turn <= turns; turn++) {
        say(`${format}, ${height} pixels high, turn ${turn}`);
        for (const [i, root] of roots.entries())
          timings[i]?.push(await measure<Timing>('cut-out', ask, undefined, undefined, { root, env }));
      }
      rows.push([
        `${timings[0]?.[0]?.megapixels.toFixed(1)} MP ${format}`,
        ...(['floor', 'whole', 'ours'] as const).flatMap((key) => timings.map((of) => ms(middle(of, key)))),
        AIMS[height]?.ours ?? '',
        ...timings.map((of) => middle(of, 'ratio').toFixed(2)),
        AIMS[height]?.ratio ?? '',
        ...timings.map((of) => middle(of, 'peakRss')),
      ]);
    }
  }
  const { cpus, cpu, platform, load } = machine();
  process.stdout.write(`${cpus} x ${cpu}, ${platform}, load ${load}, ${plain ? 'plain processes' : 'as workers'}\n`);
  const both = (name: string) => [`${name}, before`, 'after'];
  const head = ['photo', ...both('floor ms'), ...both('whole'), ...both('ours'), 'aim'];
  process.stdout.write(`${table([[...head, ...both('whole to floor'), 'aim', ...both('MB')], ...rows])}\n`);
}

/** Of all turns. */
const middle = (timings: readonly Timing[], key: 'floor' | 'whole' | 'ours' | 'ratio' | 'peakRss'): number =>
  median(timings.map((timing) => timing[key]));

main().catch((thrown: unknown) => {
  process.stderr.write(`bench:compare: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
