import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import sharp from 'sharp';
import { createApp } from '../lib/app';
import { loadConfig } from '../lib/config';
import { type CutOutOptions, DEFAULTS } from '../lib/options';
import { decode } from '../lib/pipeline/decode';
import { encode } from '../lib/pipeline/encode';
import { reduce } from '../lib/pipeline/reduce';
import { median } from './scores';
import { ms, table } from './table';

const PHOTO = join(__dirname, '..', 'test', 'fixtures', 'dress.jpg');
/** Longest side of the photos to time, pixels: half a megapixel, as shipped, a phone's 12, the limit's 48. */
const LONGEST = [864, 1536, 4243, 8485];

/** One photo's cost beside what cannot be avoided: decode and reduce, the network, encode. */
async function main(): Promise<void> {
  const { rounds, threads } = new Command('speed')
    .description('Time the whole cut-out beside its unavoidable parts, in one run, in turns.')
    .option('--rounds <n>', 'timed runs of each, after one that is not', Number, 9)
    .option('--threads <n>', 'of the network and of sharp', Number, 1)
    .parse()
    .opts<{ rounds: number; threads: number }>();
  const { cutOut, segmenter } = createApp({ ...loadConfig(), threads });
  const original = await readFile(PHOTO);
  const cpu = cpus();
  process.stdout.write(
    `${cpu.length} x ${cpu[0]?.model}, Node ${process.version}, ${threads} thread(s), median of ${rounds}\n`,
  );

  const rows: (string | number)[][] = [
    [
      'photo',
      'format',
      'unavoidable ms',
      'whole ms',
      'ratio',
      'decode',
      'segment',
      'refine',
      'compose',
      'encode',
      'peak RSS MB',
    ],
  ];
  for (const longest of LONGEST) {
    const bytes = await sharp(original).resize({ height: longest }).jpeg({ quality: 90 }).toBuffer();
    for (const format of ['png', 'webp'] as const) {
      const options: CutOutOptions = { ...DEFAULTS, expect: 'dress', crop: true, format };
      const cut = (await cutOut(bytes, options)).image;
      if (cut === null) throw new Error('the shipped photo was not cut');
      const { data, info } = await sharp(cut.bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
      const rgba = { kind: 'cutout', width: info.width, height: info.height, rgba: data } as const;

      const needed: number[] = [];
      const whole: number[] = [];
      const steps: Record<string, number[]> = {};
      for (let round = 0; round <= rounds; round++) {
        let start = performance.now();
        const { photo } = await decode(bytes);
        const { width, height } = await segmenter.inputSize(photo.width, photo.height);
        await segmenter.segment(await reduce(photo, width, height));
        await encode(rgba, options);
        const unavoidable = performance.now() - start;
        start = performance.now();
        const { findings } = await cutOut(bytes, options);
        if (round === 0) continue;
        needed.push(unavoidable);
        whole.push(performance.now() - start);
        for (const [step, took] of Object.entries(findings.milliseconds)) {
          steps[step] = [...(steps[step] ?? []), took];
        }
      }
      const ratio = median(whole.map((value, i) => value / (needed[i] as number)));
      const step = (name: string) => ms(median(steps[name] ?? [0]));
      rows.push([
        `${Math.round((longest * longest) / 1.5e5) / 10} MP`,
        format,
        ms(median(needed)),
        ms(median(whole)),
        ratio.toFixed(2),
        step('decode'),
        step('segment'),
        step('refine'),
        step('compose'),
        step('encode'),
        Math.round(process.resourceUsage().maxRSS / 1024),
      ]);
    }
  }
  process.stdout.write(`${table(rows)}\n`);
}

void main();
