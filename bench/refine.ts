import { readFile, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { createApp } from '../lib/app';
import { messageOf } from '../lib/errors';
import { decode } from '../lib/pipeline/decode';
import { REFINE, type RefineSettings, refine } from '../lib/pipeline/refine';
import { threshold } from '../lib/pipeline/threshold';
import { predict } from '../lib/predict';
import type { Matte, Photo, Probabilities } from '../lib/raster';
import { type LabelledFolder, labelledPhotos, truthOf } from './labelled-photos';
import { boundaryOverlap, halves, iou, mean, median, type Overlap, overlap, pooled } from './scores';
import { figure, ms, percent, table } from './table';

/** One number changed at a time, the others as shipped. */
const VARIANTS: Readonly<Record<string, Partial<RefineSettings>>> = {
  'as shipped': {},
  'no GrabCut': { iterations: 0 },
  '2 iterations': { iterations: 2 },
  '12,000 pixels': { pixels: 12_000 },
  '18,000 pixels': { pixels: 18_000 },
  '24,000 pixels': { pixels: 24_000 },
  '36,000 pixels': { pixels: 36_000 },
  '90,000 pixels': { pixels: 90_000 },
  'room 0.05': { room: 0.05 },
  'room 0.2': { room: 0.2 },
  'foreground above 0.97, background below 0.03': { foregroundAbove: 0.97, backgroundBelow: 0.03 },
  'foreground above 0.97': { foregroundAbove: 0.97 },
  'foreground above 0.8': { foregroundAbove: 0.8 },
  'background below 0.03': { backgroundBelow: 0.03 },
  'background below 0.01': { backgroundBelow: 0.01 },
  'background below 0.003': { backgroundBelow: 0.003 },
  "smoothness 50, the paper's": { smoothness: 50 },
  'smoothness 25': { smoothness: 25 },
  'smoothness 16': { smoothness: 16 },
  'smoothness 8': { smoothness: 8 },
  'radius 2': { radius: 2 },
  'radius 5': { radius: 5 },
  'epsilon 1e-3': { epsilon: 1e-3 },
  'epsilon 1e-5': { epsilon: 1e-5 },
  'foreign pieces kept': { dropForeign: false },
};

interface Prepared {
  readonly photo: Photo;
  readonly probabilities: Probabilities;
  readonly dress: Uint8Array;
  readonly skin: Uint8Array;
}

async function main(): Promise<void> {
  const options = new Command('refine')
    .description('Change one number of the refinement at a time and say what it costs and gains.')
    .requiredOption('--photos <dir>', 'the photos')
    .requiredOption('--labels <dir>', 'label maps of the same names')
    .requiredOption('--split <file>', 'JSON with two lists of photo names: dress, no_dress')
    .option('--only <words>', 'only variants whose name holds this')
    .option('--out <file>', 'write the table here, too')
    .parse()
    .opts<{ photos: string; labels: string; split: string; only?: string; out?: string }>();
  const split = JSON.parse(await readFile(options.split, 'utf8')) as { dress: string[] };
  const folder = { ...options, classes: { dress: [14], skin: [41] }, split: { dress: split.dress, no_dress: [] } };
  const prepared = await prepare(folder);
  const rows: (string | number)[][] = [
    ['variant', 'IoU', 'mean IoU', 'boundary IoU', 'skin leak', 'median ms', 'slowest ms'],
  ];

  const measure = async (name: string, make: (one: Prepared) => Promise<Matte>) => {
    const area: Overlap[] = [];
    const outline: Overlap[] = [];
    const took: number[] = [];
    let cut = 0;
    let leaked = 0;
    for (const one of prepared) {
      const start = performance.now();
      const { alpha, width, height } = await make(one);
      took.push(performance.now() - start);
      const guess = halves(alpha);
      area.push(overlap(guess, one.dress));
      outline.push(boundaryOverlap(guess, one.dress, width, height));
      cut += guess.reduce((sum, value) => sum + value, 0);
      leaked += overlap(guess, one.skin).intersection;
    }
    rows.push([
      name,
      figure(pooled(area)),
      figure(mean(area.map(iou))),
      figure(pooled(outline)),
      percent(leaked / cut),
      ms(median(took)),
      ms(Math.max(...took)),
    ]);
  };
  await measure('threshold at 0.5', async (one) => threshold(one.photo, one.probabilities));
  for (const [name, change] of Object.entries(VARIANTS)) {
    if (options.only && !name.includes(options.only)) continue;
    await measure(name, (one) => refine(one.photo, one.probabilities, [], { ...REFINE, ...change }));
  }
  const text = table(rows);
  process.stdout.write(`${text}\n`);
  if (options.out) await writeFile(options.out, `${text}\n`);
}

/** Decode and segment once; only the refinement varies. */
async function prepare(folder: LabelledFolder): Promise<Prepared[]> {
  const { segmenter } = createApp();
  const prepared: Prepared[] = [];
  for await (const { id, bytes } of labelledPhotos(folder)) {
    const { photo } = await decode(bytes);
    const probabilities = await predict(photo, segmenter, null);
    const { dress, skin } = await truthOf(folder, id, photo);
    prepared.push({ photo, probabilities, dress, skin: skin ?? new Uint8Array(dress.length) });
  }
  return prepared;
}

main().catch((thrown: unknown) => {
  process.stderr.write(`refine: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
