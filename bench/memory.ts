import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import sharp from 'sharp';
import { messageOf } from '../lib/errors';
import type { CutOutOptions } from '../lib/options';
import { machine } from './machine';
import { measure, say } from './speed/processes';
import { table } from './table';
import { photoOf } from './tasks/task';

/** Photos of 12 and 48 megapixels, and what a process may take for one, MB. */
const SIZES = [
  { height: 4243, limit: 450 },
  { height: 8485, limit: 900 },
] as const;
/** What a photo comes as. Progressive JPEGs and AVIFs are decoded in a process of their own. */
const INPUTS = ['jpeg', 'progressive', 'png', 'webp', 'avif'] as const;
const WHITE = { r: 255, g: 255, b: 255 };
const OUTPUTS: readonly Partial<CutOutOptions>[] = [
  ...[true, false].flatMap((crop) => [
    { crop, format: 'png' as const },
    { crop, format: 'webp' as const },
    { crop, format: 'jpeg' as const, background: WHITE },
  ]),
  { crop: false, output: 'overlay', format: 'webp' },
  { crop: false, output: 'mask', format: 'png' },
];
/** Between two looks at the memory of a process and of those it started, ms. */
const PACE = 20;

/** One way a photo can come and go. */
interface Case {
  readonly input: (typeof INPUTS)[number];
  readonly output: Partial<CutOutOptions>;
}

const CASES: readonly Case[] = [
  ...OUTPUTS.map((output) => ({ input: 'jpeg', output }) as const),
  ...INPUTS.slice(1).map((input) => ({ input, output: { crop: true, format: 'png' } }) as const),
];

/** Peak memory of a fresh process for each way a photo can come and go, its decoder's process included. */
async function main(): Promise<void> {
  const { height: only } = new Command('bench:memory')
    .description('Measure the peak memory of one photo, for each way in and out.')
    .option('--height <pixels>', 'of one size alone: 4243 or 8485', Number)
    .parse()
    .opts<{ height?: number }>();
  const folder = await mkdtemp(join(tmpdir(), 'dresscut-memory-'));
  const rows: (string | number)[][] = [];
  try {
    for (const { height, limit } of SIZES.filter((size) => only === undefined || size.height === only)) {
      const jpeg = await photoOf(height);
      const megapixels = `${((height * Math.round((height * 2) / 3)) / 1e6).toFixed(0)} MP`;
      for (const { input, output } of CASES) {
        const file = join(folder, 'photo');
        await writeFile(file, await encoded(jpeg, input));
        const what = `${output.output ?? 'cutout'} ${output.format} ${output.crop ? 'cropped' : 'uncropped'}`;
        const peak = await peakOf({ file, ...output }).catch(messageOf);
        say(`${megapixels} ${input}, ${what}: ${peak}`);
        rows.push([megapixels, input, what, peak, limit]);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const { cpus, cpu, memoryGb, platform } = machine();
  process.stdout.write(`${cpus} x ${cpu}, ${memoryGb} GB, ${platform}\n`);
  process.stdout.write(`${table([['photo', 'from', 'to', 'peak MB', 'aim MB'], ...rows])}\n`);
}

async function encoded(jpeg: Buffer, input: (typeof INPUTS)[number]): Promise<Buffer> {
  const image = sharp(jpeg);
  if (input === 'progressive') return image.jpeg({ quality: 90, progressive: true }).toBuffer();
  if (input === 'png') return image.png({ compressionLevel: 1 }).toBuffer();
  if (input === 'webp') return image.webp({ quality: 75, effort: 0 }).toBuffer();
  if (input === 'avif') return image.avif({ quality: 60, effort: 0 }).toBuffer();
  return jpeg;
}

/** The most that a task's process and its decoder's held together, MB. */
async function peakOf(ask: object): Promise<number> {
  let peak = 0;
  let timer: NodeJS.Timeout | undefined;
  try {
    await measure('peak', ask, new Uint8Array(), ({ pid }) => {
      const strangers = new Set<string>();
      timer = setInterval(() => (peak = Math.max(peak, residentOf(pid ?? 0, strangers))), PACE);
    });
  } finally {
    clearInterval(timer);
  }
  return Math.round(peak / 1e6);
}

/**
 * Resident bytes of a process and of those that it started.
 * @param strangers names of other processes, which are looked at once and never again
 */
function residentOf(pid: number, strangers: Set<string>): number {
  let bytes = 0;
  for (const name of readdirSync('/proc')) {
    if (strangers.has(name)) continue;
    try {
      const status = /^\d+$/.test(name) ? readFileSync(`/proc/${name}/status`, 'latin1') : '';
      const numberOf = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
      if (Number(name) === pid || numberOf('PPid') === pid) bytes += 1024 * numberOf('VmRSS');
      else strangers.add(name);
    } catch {} // it has ended
  }
  return bytes;
}

main().catch((thrown: unknown) => {
  process.stderr.write(`bench:memory: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
