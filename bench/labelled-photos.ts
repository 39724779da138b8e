import { readdir, readFile, realpath } from 'node:fs/promises';
import { extname, join, parse } from 'node:path';
import sharp from 'sharp';
import { PHOTO_ENDINGS } from '../lib/pipeline/formats';
import { type Around, insideOf } from './padded';

/** A folder of photos with a folder of labels beside it: PNGs of the same names. */
export interface LabelledFolder {
  readonly photos: string;
  readonly labels: string;
  /** What the PNGs hold. */
  readonly classes: Classes | 'masks';
  /** Which photos, and which of them show a dress; `null`: all, by what the labels say. */
  readonly split: { readonly dress: readonly string[]; readonly no_dress: readonly string[] } | null;
  /** What is laid around each photo and its label before anything else; left out: nothing. */
  readonly around?: Around;
}

/** Values of a label map (one class id a pixel) that are dress, and skin. A mask has a dress where it is bright. */
export interface Classes {
  readonly dress: readonly number[];
  readonly skin: readonly number[];
}

export interface LabelledPhoto {
  readonly id: string;
  readonly bytes: Buffer;
  readonly worn: boolean;
}

/** Where the labels say dress and skin are: bytes, 0 or 1. `skin` is `null` where the labels do not tell. */
export interface Truth {
  readonly dress: Uint8Array;
  readonly skin: Uint8Array | null;
}

/** A photo may be cropped by a pixel when it is made smaller; by more than this share it is another photo. */
const SAME_SHAPE = 0.02;

/**
 * Class ids by number or by name.
 *
 * @param text comma-separated ids, or names
 * @param names the name of each id, in order; `null` where only numbers are known
 * @throws Error that says which class is not there, and which are
 */
export function classIds(text: string, names: readonly string[] | null): number[] {
  return text.split(',').map((one) => {
    const word = one.trim();
    const id = /^\d+$/.test(word) ? Number(word) : (names?.indexOf(word) ?? -1);
    if (id >= 0 && id <= 255) return id;
    const known = names === null ? 'numbers from 0 to 255; --names gives them names' : names.join(', ');
    throw new Error(`"${word}" is no class of the labels; they are ${known}`);
  });
}

/**
 * The photos one by one, sorted by id; only one is in memory at a time.
 * @throws Error that names the photo without a label, or the label without a photo
 */
export async function* labelledPhotos(folder: LabelledFolder): AsyncGenerator<LabelledPhoto> {
  // What else lies among photos, notes or a JSON of the same name, is none; where one folder holds both, its PNGs are labels.
  const together = (await realpath(folder.photos)) === (await realpath(folder.labels));
  const photos = (await readdir(folder.photos)).filter(
    (name) => PHOTO_ENDINGS.has(extname(name).toLowerCase()) && !(together && /\.png$/.test(name)),
  );
  const files = new Map(photos.map((name) => [parse(name).name, name]));
  const labelled = (await readdir(folder.labels))
    .filter((name) => name.endsWith('.png'))
    .map((name) => parse(name).name);
  if (labelled.length === 0) throw new Error(`${folder.labels} has no labels: 8-bit PNGs named like the photos`);
  const worn = new Set(folder.split?.dress);
  const ids = folder.split ? [...folder.split.dress, ...folder.split.no_dress] : labelled;
  for (const id of [...ids].sort()) {
    const file = files.get(id);
    if (file === undefined) throw new Error(`${folder.photos} has no photo called ${id}`);
    const bytes = await readFile(join(folder.photos, file));
    const shown = folder.split ? worn.has(id) : (await truthOf(folder, id, null)).dress.includes(1);
    yield { id, bytes, worn: shown };
  }
}

/**
 * What the labels say of one photo.
 * @param size the photo's, its frame included; label ids are brought to it by nearest neighbour; `null` keeps the label's own
 * @throws Error when the label is no 8-bit PNG, or is of another shape than the photo
 */
export async function truthOf(
  { labels, classes, around }: Pick<LabelledFolder, 'labels' | 'classes' | 'around'>,
  id: string,
  size: { width: number; height: number } | null,
): Promise<Truth> {
  const file = join(labels, `${id}.png`);
  const { width, height, hasAlpha, depth } = await sharp(file)
    .metadata()
    .catch((cause: unknown) => {
      throw new Error(`${id} has no label that can be read: ${file}`, { cause });
    });
  if (depth !== 'uchar') throw new Error(`${file} has ${depth} values a pixel; labels are PNGs of 8 bit`);
  if (size && Math.abs(Math.log((width / height) * (size.height / size.width))) > SAME_SHAPE) {
    throw new Error(`${file} is ${width} x ${height}, its photo ${size.width} x ${size.height}: not the same shape`);
  }
  // A mask may be a cut-out: what is opaque is dress. A palette's colours are not its ids, so sharp must not see them.
  let image = sharp(file);
  image = classes === 'masks' && hasAlpha ? image.extractChannel(3) : image.toColourspace('b-w').extractChannel(0);
  if (size) {
    const inside = around ? insideOf(size) : { ...size, left: 0, top: 0 };
    const [x, y] = [inside.left, inside.top];
    image = image.resize(inside.width, inside.height, { kernel: 'nearest', fit: 'fill' });
    const nothing = { r: 0, g: 0, b: 0, alpha: 0 };
    image = image.extend({ top: y, bottom: y, left: x, right: x, background: nothing });
  }
  const values = await image.raw().toBuffer();
  if (classes === 'masks') return { dress: Uint8Array.from(values, (value) => (value > 127 ? 1 : 0)), skin: null };
  const among = (ids: readonly number[]) => {
    const chosen = new Set(ids);
    return Uint8Array.from(values, (value) => (chosen.has(value) ? 1 : 0));
  };
  return { dress: among(classes.dress), skin: among(classes.skin) };
}
