import { Command, InvalidArgumentError } from 'commander';
import { messageOf } from '../lib/errors';
import { machine } from './machine';
import type { Timing } from './speed/figures';
import { measure, say } from './speed/processes';
import { ms, table } from './table';

/** List prices of us-east-1 as known in November 2026, USD. */
const PRICES = { x86_64: 0.0000166667, arm64: 0.0000133334, call: 0.2 / 1e6 } as const;
/** MB at which Lambda gives one whole processor; below, a share of it. */
const ONE_CPU = 1769;
const MEMORIES = [1024, ONE_CPU, 3008] as const;
/** Heights of the photos that are measured: 1.6 and 12 megapixels. */
const HEIGHTS = [1536, 4243] as const;

/**
 * USD for 1,000 warm calls.
 *
 * @param milliseconds of one call on one whole processor, one thread: less memory stretches them, more does not help
 */
export function costOf(milliseconds: number, memory: number, architecture: 'x86_64' | 'arm64'): number {
  const gigabyteSeconds = (billedOf(milliseconds, memory) / 1000) * (memory / 1024);
  return 1000 * (gigabyteSeconds * PRICES[architecture] + PRICES.call);
}

/** Lambda bills whole milliseconds. */
export const billedOf = (milliseconds: number, memory: number): number =>
  Math.ceil(milliseconds / Math.min(1, memory / ONE_CPU));

/** What 1,000 photos cost on Lambda, from milliseconds that are measured here. */
async function main(): Promise<void> {
  const { ms: given } = new Command('bench:costs')
    .description('Measure a warm cut-out on one thread, and tell what 1,000 of them cost on Lambda.')
    .option('--ms <number>', 'of one warm call, measured elsewhere', positive)
    .parse()
    .opts<{ ms?: number }>();
  const calls = given === undefined ? await measureCalls() : [{ photo: 'given', took: given }];
  const rows = calls.flatMap(({ photo, took }) =>
    MEMORIES.map((memory) => [
      ...[photo, ms(took), memory, billedOf(took, memory)],
      ...[costOf(took, memory, 'x86_64').toFixed(4), costOf(took, memory, 'arm64').toFixed(4)],
    ]),
  );
  const { cpus, cpu, memoryGb, platform } = machine();
  process.stdout.write(`${cpus} x ${cpu}, ${memoryGb} GB, ${platform}; arm64 at the same milliseconds, not measured\n`);
  const head = ['photo', 'ms measured', 'memory MB', 'ms billed', 'USD x86_64', 'USD arm64'];
  process.stdout.write(`${table([head, ...rows])}\n`);
}

async function measureCalls(): Promise<{ photo: string; took: number }[]> {
  const calls: { photo: string; took: number }[] = [];
  for (const height of HEIGHTS) {
    say(`cut-out, ${height} pixels high`);
    const { megapixels, whole } = await measure<Timing>('cut-out', { height, format: 'png', rounds: 31, threads: 1 });
    calls.push({ photo: `${megapixels.toFixed(1)} MP`, took: whole });
  }
  return calls;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0');
  return value;
}

if (require.main === module) {
  main().catch((thrown: unknown) => {
    process.stderr.write(`bench:costs: ${messageOf(thrown)}\n`);
    process.exitCode = 1;
  });
}
