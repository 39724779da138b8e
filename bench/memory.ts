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
/** What a photo comes as; what is decoded in a process of its own has that process added. */
const INPUTS = [
  'jpeg',
  'turned',
  'progressive',
  'png',
  'png with alpha',
  'webp',
  'avif',
  'avif 4:2:0',
  'tiff',
  'gif',
] as const;
const WHITE = { r: 255, g: 255, b: 255 };
const OUTPUTS: readonly Partial<CutOutOptions>[] = [
  ...[true, false].flatMap((crop) => [
    { crop, format: 'png' as const },
    { crop, format: 'webp' as const },
    { crop, format: 'jpeg' as const, background: WHITE },
  ]),
  { crop: false, format: 'webp', background: WHITE },
  { crop: false, format: 'webp', size: 3000 },
  { crop: false, format: 'png', size: 3000 },
  ...(['png', 'webp', 'jpeg'] as const).map((format) => ({ crop: false, output: 'overlay' as const, format })),
  ...(['png', 'webp', 'jpeg'] as const).map((format) => ({ crop: false, output: 'mask' as const, format })),
];
/** Between two looks at the memory of a process and of those it started, ms. */
const PACE = 5;

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
        const what = nameOf(output);
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
  if (input === 'turned') return image.withMetadata({ orientation: 6 }).jpeg({ quality: 90 }).toBuffer();
  if (input === 'png with alpha')
    return image.ensureAlpha().png({ compressionLevel: 6, adaptiveFiltering: true }).toBuffer();
  if (input === 'tiff') return image.tiff({ compression: 'jpeg' }).toBuffer();
  if (input === 'gif') return image.gif({ effort: 1, dither: 0 }).toBuffer();
  if (input === 'png') return image.png({ compressionLevel: 6, adaptiveFiltering: true }).toBuffer();
  if (input === 'webp') return image.webp({ quality: 75, effort: 0 }).toBuffer();
  if (input === 'avif 4:2:0') return image.avif({ quality: 60, effort: 0, chromaSubsampling: '4:2:0' }).toBuffer();
  if (input === 'avif') return image.avif({ quality: 60, effort: 0 }).toBuffer();
  return jpeg;
}

function nameOf({ output = 'cutout', format, crop, background, size }: Partial<CutOutOptions>): string {
  const more = [crop ? 'cropped' : 'uncropped', ...(background ? ['on white'] : []), ...(size ? [`size ${size}`] : [])];
  return `${output} ${format} ${more.join(', ')}`;
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
