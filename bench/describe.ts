import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import sharp, { type Sharp } from 'sharp';
import { createApp } from '../lib/app';
import type { Description } from '../lib/description';
import { messageOf } from '../lib/errors';
import type { Found } from '../lib/find';
import { interval } from './scores';
import { percent, table } from './table';

/** What somebody saw who looked at a dress; `null` where it cannot be told. */
interface Seen {
  /** Terms of which the first or any other may be called the main colour. */
  readonly main: readonly string[];
  readonly pattern: string | null;
  readonly length: readonly string[] | null;
}

/** The same dress as another camera might have taken it. */
const VIEWS: Readonly<Record<string, (photo: Sharp, width: number, height: number) => Sharp>> = {
  'as it is': (photo) => photo,
  'other crop': (photo, width, height) => {
    const part = { left: 0.12 * width, top: 0.03 * height, width: 0.78 * width, height: 0.9 * height };
    const { left, top, ...size } = part;
    const whole = Object.entries({ left, top, ...size }).map(([name, value]) => [name, Math.round(value)]);
    return photo.extract(Object.fromEntries(whole) as typeof part);
  },
  'light 0.6': (photo) => photo.linear(0.6, 0),
  'light 1.35': (photo) => photo.linear(1.35, 0),
  'warm cast': (photo) => photo.linear([1.12, 1, 0.88], [0, 0, 0]),
  'cold cast': (photo) => photo.linear([0.88, 1, 1.12], [0, 0, 0]),
  'half the size': (photo, width) => photo.resize(Math.round(width / 2)),
};

interface Flags {
  readonly photos: string;
  readonly labels: string;
  readonly only?: string;
  readonly views: boolean;
}

async function main(): Promise<void> {
  const { photos, labels, only, views } = new Command('bench:describe')
    .description('How often descriptions say what people see, and whether a dress is found again.')
    .requiredOption('--photos <dir>', 'the photos')
    .option('--labels <file>', 'what was seen', 'training/splits/ccp-descriptions.json')
    .option('--only <file>', 'JSON with a list of names `dress`: only these are counted')
    .option('--views', 'also look for each dress under another crop, light, hue and size', false)
    .parse()
    .opts<Flags>();
  const seen = JSON.parse(readFileSync(labels, 'utf8')) as Record<string, Seen>;
  const wanted = only === undefined ? null : (JSON.parse(readFileSync(only, 'utf8')) as { dress: string[] }).dress;
  const counted = Object.keys(seen).filter((id) => wanted === null || wanted.includes(id));
  const { find } = createApp();
  const describe = async (bytes: Buffer) => {
    const found = await find(bytes, { mode: 'default', expect: 'dress', describe: true, embedding: true });
    return found.findings.description as Found['findings']['description'] & Description;
  };
  const gallery = new Map<string, Description>();
  // With views, every dress is something that another could be taken for.
  for (const id of views ? Object.keys(seen) : counted)
    gallery.set(id, await describe(readFileSync(fileOf(photos, id))));
  const pick = counted.map((id) => ({ told: gallery.get(id) as Description, ...(seen[id] as Seen) }));
  const rows = [
    ['main colour', pick.map(({ told, main: terms }) => terms.includes(told.colours[0]?.name.split(' ').at(-1) ?? ''))],
    ['plain or patterned', pick.flatMap(({ told, pattern }) => (pattern === null ? [] : [told.pattern === pattern]))],
    ['length', pick.flatMap(({ told, length }) => (length === null ? [] : [length.includes(told.length)]))],
  ] as const;
  process.stdout.write(
    `${table([['what', 'right', 'of', '95 %'], ...rows.map(([what, each]) => line(what, each))])}\n`,
  );
  if (!views) return;
  const found = await Promise.all(
    Object.keys(VIEWS)
      .slice(1)
      .map((view) => refind(view, counted, photos, gallery, describe)),
  );
  process.stdout.write(
    `\nrank 1 among ${gallery.size} dresses\n${table([['view', 'right', 'of', '95 %'], ...found])}\n`,
  );
}

async function refind(
  view: string,
  ids: readonly string[],
  photos: string,
  gallery: ReadonlyMap<string, Description>,
  describe: (bytes: Buffer) => Promise<Description>,
): Promise<string[]> {
  const first: boolean[] = [];
  for (const id of ids) {
    const photo = sharp(fileOf(photos, id));
    const { width = 0, height = 0 } = await photo.metadata();
    const bytes = await (VIEWS[view] as (typeof VIEWS)[string])(photo, width, height).jpeg({ quality: 85 }).toBuffer();
    const { vector } = (await describe(bytes)).embedding;
    const score = (other: Description) => vector.reduce((sum, v, i) => sum + v * (other.embedding.vector[i] ?? 0), 0);
    const own = score(gallery.get(id) as Description);
    first.push([...gallery].every(([other, description]) => other === id || score(description) <= own));
  }
  return line(view, first);
}

function line(what: string, right: readonly boolean[]): string[] {
  const share = (some: readonly boolean[]) => some.filter(Boolean).length / some.length;
  const [low, high] = interval(right, share);
  return [what, percent(share(right)), String(right.length), `${percent(low)} to ${percent(high)}`];
}

function fileOf(photos: string, id: string): string {
  const file = ['.jpg', '.webp'].map((ending) => join(photos, id + ending)).find(existsSync);
  if (file === undefined) throw new Error(`no photo ${id} in ${photos}`);
  return file;
}

main().catch((thrown: unknown) => {
  process.stderr.write(`bench:describe: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
