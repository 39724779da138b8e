import { readdir, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { Command } from 'commander';
import { createApp } from '../lib/app';
import { messageOf } from '../lib/errors';
import { components } from '../lib/pipeline/components';
import { decode } from '../lib/pipeline/decode';
import { REFINE, refine } from '../lib/pipeline/refine';
import { predict } from '../lib/predict';
import type { Mask } from '../lib/raster';
import { truthOf } from './labelled-photos';
import { halves } from './scores';
import { table } from './table';

/** What somebody who looked at a photo says of pieces: a place in each, as shares of the photo's width and height. */
type Looked = Partial<Record<'dress' | 'other', readonly (readonly [x: number, y: number])[]>>;

/** A piece of a cut that does not touch its largest one. */
interface Piece {
  readonly id: string;
  readonly isDress: boolean | null;
  readonly dropped: boolean;
  /** Its middle pixel, as shares. */
  readonly at: readonly [number, number];
}

interface Options {
  photos: string;
  split?: string;
  labels?: string;
  looked?: string;
}

async function main(): Promise<void> {
  const options = new Command('pieces')
    .description('Say which pieces beside the dress are dropped from each cut, rightly and wrongly.')
    .requiredOption('--photos <dir>', 'the photos')
    .option('--split <file>', 'JSON with two lists of photo names: dress, no_dress; left out: those of --looked')
    .option('--labels <dir>', 'labels: 8-bit PNGs of the same names, one class id a pixel; 14 is dress')
    .option('--looked <file>', 'JSON: by photo, places that were looked at: "dress" and "other"')
    .parse()
    .opts<Options>();
  const read = async (file: string) => JSON.parse(await readFile(file, 'utf8'));
  const looked = (options.looked ? await read(options.looked) : {}) as Record<string, Looked>;
  const none = { dress: Object.keys(looked), no_dress: [] };
  const split: { dress: string[]; no_dress: string[] } = options.split ? await read(options.split) : none;
  // Labels tell of dresses alone; whoever looked at a photo has looked at every piece.
  const ids = options.labels ? split.dress : [...split.dress, ...split.no_dress];
  const pieces: Piece[] = [];
  for await (const { id, mask, kept } of cuts(options.photos, ids)) {
    const judge = options.labels ? await labelsOf(options.labels, id, mask) : lookedAt(looked[id] ?? {}, mask);
    pieces.push(...piecesOf(id, mask, kept, judge));
  }
  process.stdout.write(`${report(pieces)}\n`);
}

/** Each photo's cut with all its pieces, and what is left of it once foreign ones are dropped. */
async function* cuts(photos: string, ids: readonly string[]) {
  const { segmenter } = createApp();
  const files = new Map((await readdir(photos)).map((file) => [parse(file).name, join(photos, file)]));
  for (const id of ids) {
    const file = files.get(id);
    if (file === undefined) throw new Error(`${photos} has no photo called ${id}`);
    const bytes = await readFile(file);
    const { photo } = await decode(bytes);
    const probabilities = await predict(photo, segmenter, null);
    const [mask, kept] = await Promise.all(
      [false, true].map(async (dropForeign): Promise<Mask> => {
        const { width, height, alpha } = await refine(photo, probabilities, [], { ...REFINE, dropForeign });
        return { width, height, data: halves(alpha) };
      }),
    );
    yield { id, mask: mask!, kept: kept! };
  }
}

/** What a piece is, from its pixels; `null` where nobody knows. */
type Judge = (pixels: readonly number[]) => boolean | null;

async function labelsOf(labels: string, id: string, { width, height }: Mask): Promise<Judge> {
  const { dress } = await truthOf({ labels, classes: { dress: [14], skin: [] } }, id, { width, height });
  return (pixels) => 2 * pixels.filter((i) => dress[i] === 1).length > pixels.length;
}

function lookedAt(looked: Looked, { width, height }: Mask): Judge {
  const places = (word: 'dress' | 'other') =>
    (looked[word] ?? []).map(([x, y]) => Math.floor(y * height) * width + Math.floor(x * width));
  return (pixels) => {
    if (places('dress').some((place) => pixels.includes(place))) return true;
    return places('other').some((place) => pixels.includes(place)) ? false : null;
  };
}

function piecesOf(id: string, mask: Mask, kept: Mask, judge: Judge): Piece[] {
  const { labels, areas } = components(mask, 8);
  const largest = areas.indexOf(Math.max(...areas));
  return areas.flatMap((area, piece) => {
    // The soft edge of a dress may leave pixels beside it.
    if (piece === largest || area < 0.002 * areas[largest]!) return [];
    const pixels = [...labels.keys()].filter((i) => labels[i] === piece + 1);
    const middle = pixels[Math.floor(pixels.length / 2)] ?? 0;
    const at = [(middle % mask.width) / mask.width, Math.floor(middle / mask.width) / mask.height] as const;
    const left = pixels.filter((i) => kept.data[i] === 1).length;
    return [{ id, isDress: judge(pixels), dropped: 2 * left < area, at }];
  });
}

function report(pieces: readonly Piece[]): string {
  const count = (isDress: boolean | null, dropped: boolean) =>
    pieces.filter((piece) => piece.isDress === isDress && piece.dropped === dropped).length;
  const rows = [
    ['a piece of', 'kept', 'dropped'],
    ...(
      [
        ['the dress', true],
        ['something else', false],
        ['nobody looked at', null],
      ] as const
    ).map(([name, isDress]) => [name, count(isDress, false), count(isDress, true)]),
  ];
  const words = { true: 'dress', false: 'other', null: 'not looked at' };
  const lines = pieces.map(({ id, isDress, dropped, at: [x, y] }) => {
    const word = words[`${isDress}` as keyof typeof words];
    return `${id} at ${x.toFixed(3)}, ${y.toFixed(3)}: ${word}, ${dropped ? 'dropped' : 'kept'}`;
  });
  return [table(rows), '', ...lines].join('\n');
}

main().catch((thrown: unknown) => {
  process.stderr.write(`pieces: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
