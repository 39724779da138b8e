import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { loadConfig } from '../../lib/config';
import { createEngine } from '../../lib/engine';
import { type CutOutOptions, DEFAULTS } from '../../lib/options';
import { answer, asked, failed } from './task';

/** A fresh process cuts one photo, once: whoever started it watches its memory. */
async function main(): Promise<void> {
  const { file, ...options } = asked<{ file: string } & Partial<CutOutOptions>>();
  const { cutOut } = createEngine({ ...loadConfig(), threads: 1 });
  const { image } = await cutOut(await readFile(file), { ...DEFAULTS, expect: 'dress', ...options });
  if (image === null) throw new Error('the shipped photo was not cut');
  const { width, height } = await sharp(image.bytes, { limitInputPixels: false }).metadata();
  answer({ width, height, bytes: image.bytes.length });
}

main().catch(failed);
