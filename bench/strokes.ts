import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import sharp from 'sharp';
import { createApp } from '../lib/app';
import { createCutOut } from '../lib/cut-out';
import { messageOf } from '../lib/errors';
import { createFind, sizeOfSeen } from '../lib/find';
import { DEFAULTS } from '../lib/options';
import { createRecent } from '../lib/recent';
import type { Stroke } from '../lib/strokes';
import { median } from './scores';
import { ms, table } from './table';

/** Of a photo as phones send it to an app. */
const PIXELS = 1_600_000;
/** A finger's tip, as a share of the photo's height. */
const TIP = 0.011;
const STROKES = 11;

async function main(): Promise<void> {
  const { photo } = new Command('strokes')
    .description('How long a cut takes, and each that corrects it by one more stroke, the photo being remembered.')
    .requiredOption('--photo <file>', 'a photo of a dress; it is brought to 1.6 megapixels')
    .parse()
    .opts<{ photo: string }>();
  const file = await readFile(photo);
  const { width = 1, height = 1 } = await sharp(file).autoOrient().metadata();
  const scale = Math.sqrt(PIXELS / (width * height));
  const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
  const bytes = await sharp(file).autoOrient().resize(size).jpeg({ quality: 90 }).toBuffer();

  const { segmenter } = createApp();
  const cutOut = createCutOut(createFind({ segmenter, recent: createRecent(sizeOfSeen) }));
  const strokes: Stroke[] = [];
  const calls: { took: number; cpu: number; refine: number }[] = [];
  // The first call of all loads the network; each stroke lies elsewhere along the dress.
  for (let call = -1; call <= STROKES; call++) {
    const start = performance.now();
    const before = process.cpuUsage();
    const sent = call < 0 ? Buffer.concat([bytes, Buffer.from([0])]) : bytes;
    const { findings } = await cutOut(sent, { ...DEFAULTS, expect: 'dress', strokes });
    const { user, system } = process.cpuUsage(before);
    calls.push({
      took: performance.now() - start,
      cpu: (user + system) / 1000,
      refine: findings.milliseconds.refine ?? 0,
    });
    const box = findings.box ?? { left: 0, top: 0, ...size };
    const at = [box.left + box.width / 2, box.top + (box.height * (call + 2)) / (STROKES + 3)] as const;
    if (call >= 0) strokes.push({ kind: 'keep', points: [at], radius: TIP * size.height });
  }
  const [, first, ...others] = calls;
  const row = (name: string, of: typeof calls) => [
    name,
    ...(['took', 'cpu', 'refine'] as const).map((what) => ms(median(of.map((call) => call[what])))),
  ];
  const rows = [
    ['call', 'ms', 'ms of processor', 'ms in refine'],
    row('first', [first!]),
    row(`each of ${STROKES} strokes, median`, others),
  ];
  process.stdout.write(`${size.width} x ${size.height}\n${table(rows)}\n`);
}

main().catch((thrown: unknown) => {
  process.stderr.write(`strokes: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
