import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import sharp from 'sharp';
import { createApp } from '../lib/app';
import { loadConfig } from '../lib/config';
import { DEFAULTS } from '../lib/options';
import { table } from './table';

const PHOTO = join(__dirname, '..', 'test', 'fixtures', 'dress.jpg');
const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);

/** Resident memory photo after photo: it must not grow. */
async function main(): Promise<void> {
  const { count, height } = new Command('memory')
    .description('Cut the shipped photo again and again and watch the process grow, or not.')
    .option('--count <n>', 'how often', Number, 300)
    .option('--height <pixels>', "the photo's height; 4243 makes 12 megapixels", Number, 1536)
    .parse()
    .opts<{ count: number; height: number }>();
  const { cutOut } = createApp({ ...loadConfig(), threads: 1 });
  const bytes = await sharp(await readFile(PHOTO))
    .resize({ height })
    .jpeg({ quality: 90 })
    .toBuffer();
  const rows: (string | number)[][] = [['photos', 'RSS MB', 'peak RSS MB']];
  const steps = Math.min(6, count);
  for (let done = 1; done <= count; done++) {
    await cutOut(bytes, { ...DEFAULTS, expect: 'dress', crop: true });
    if (done === 1 || done % Math.ceil(count / steps) === 0) {
      rows.push([done, megabytes(process.memoryUsage.rss()), Math.round(process.resourceUsage().maxRSS / 1024)]);
    }
  }
  process.stdout.write(`${table(rows)}\n`);
}

void main();
