import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { Sharp } from 'sharp';
import { createApp } from '../lib/app';
import { loadConfig } from '../lib/config';
import { messageOf } from '../lib/errors';
import { DEFAULTS } from '../lib/options';
import { sharp } from '../lib/pipeline/codec';
import { compose, frameOf } from '../lib/pipeline/compose';
import { encode } from '../lib/pipeline/encode';
import type { Cutout } from '../lib/raster';
import { machine } from './machine';
import { say } from './speed/processes';
import { ms, table } from './table';
import { clock, photoOf } from './tasks/task';

interface Setting {
  readonly name: string;
  readonly write: (cutout: Cutout) => Promise<{ readonly length: number }>;
}

const WEBP = { format: 'webp', size: null } as const;

const SETTINGS: readonly Setting[] = [
  ...[1, 2, 3, 4, 6, 9].map((level) => png(level, false)),
  ...[1, 2, 3, 6].map((level) => png(level, true)),
  { name: 'WebP quality 90, effort 0, alpha by itself', write: async (cutout) => (await encode(cutout, WEBP)).bytes },
  ...[0, 1, 2, 4].map((effort) => ({
    name: `WebP quality 90, effort ${effort}, by libwebp alone`,
    write: (cutout: Cutout) => imageOf(cutout).webp({ quality: 90, alphaQuality: 100, effort }).toBuffer(),
  })),
  {
    name: 'WebP without loss, effort 0',
    write: (cutout) => imageOf(cutout).webp({ lossless: true, effort: 0 }).toBuffer(),
  },
];

function png(compressionLevel: number, adaptiveFiltering: boolean): Setting {
  const name = `PNG level ${compressionLevel}${adaptiveFiltering ? ', adaptive filters' : ''}`;
  return { name, write: (cutout) => imageOf(cutout).png({ compressionLevel, adaptiveFiltering }).toBuffer() };
}

/** Bytes against milliseconds of every setting, over the cut-outs of some photos, one thread. */
async function main(): Promise<void> {
  const command = new Command('bench:encode')
    .description('Tell bytes and milliseconds of the ways to write a cut-out.')
    .argument('[photos...]', 'photos of dresses; left out: the one that ships, at 1.6 and 12 megapixels')
    .option('--rounds <count>', 'how often each is written; the fastest counts', Number, 5)
    .parse();
  const { rounds } = command.opts<{ rounds: number }>();
  const files = command.args.length > 0 ? command.args.map((file) => readFile(file)) : [1536, 4243].map(photoOf);
  const cutouts = await cutAll(await Promise.all(files));
  const megapixels = cutouts.reduce((sum, { width, height }) => sum + (width * height) / 1e6, 0);
  const rows: (string | number)[][] = [];
  for (const { name, write } of SETTINGS) {
    say(name);
    let [bytes, took] = [0, 0];
    for (const cutout of cutouts) {
      let least = Number.POSITIVE_INFINITY;
      for (let round = 0; round < rounds; round++) {
        let size = 0;
        const fresh = { ...cutout, rgba: cutout.rgba.slice() };
        const time = await clock(async () => {
          size = (await write(fresh)).length;
        });
        least = Math.min(least, time);
        if (round === 0) bytes += size;
      }
      took += least;
    }
    rows.push([name, (bytes / 1000 / megapixels).toFixed(0), ms(took / megapixels)]);
  }
  const { cpus, cpu, memoryGb, platform } = machine();
  const found = `${cutouts.length} cut-outs of ${megapixels.toFixed(1)} megapixels in all`;
  process.stdout.write(`${cpus} x ${cpu}, ${memoryGb} GB, ${platform}; ${found}, fastest of ${rounds}\n`);
  process.stdout.write(`${table([['setting', 'kB a megapixel', 'ms a megapixel'], ...rows])}\n`);
}

/** Those of the photos that show a dress, cropped as by default. */
async function cutAll(photos: readonly Buffer[]): Promise<Cutout[]> {
  const { find } = createApp({ ...loadConfig(), threads: 1 });
  const cutouts: Cutout[] = [];
  for (const bytes of photos) {
    const found = await find(bytes, { mode: 'default', expect: 'dress' });
    if (found.matte === null) continue;
    cutouts.push(compose(found.photo, found.matte, frameOf(found.matte, { ...DEFAULTS, crop: true }), null));
  }
  return cutouts;
}

const imageOf = ({ rgba, width, height }: Cutout): Sharp => sharp(rgba, { raw: { width, height, channels: 4 } });

main().catch((thrown: unknown) => {
  process.stderr.write(`bench:encode: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
