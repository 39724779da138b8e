import { readdir, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import sharp from 'sharp';

/** A folder of photos with a folder of label maps beside it. */
export interface LabelledFolder {
  readonly photos: string;
  readonly labels: string;
  /** Values of the label map that are dress, and skin. */
  readonly dress: readonly number[];
  readonly skin: readonly number[];
  /** Which photos, and which of them show a dress; `null`: all, by what the labels say. */
  readonly split: { readonly dress: readonly string[]; readonly no_dress: readonly string[] } | null;
}

export interface LabelledPhoto {
  readonly id: string;
  readonly bytes: Buffer;
  readonly worn: boolean;
}

/** The photos one by one, sorted by id; only one is in memory at a time. */
export async function* labelledPhotos(folder: LabelledFolder): AsyncGenerator<LabelledPhoto> {
  const files = new Map((await readdir(folder.photos)).map((name) => [parse(name).name, name]));
  const labelled = (await readdir(folder.labels))
    .filter((name) => name.endsWith('.png'))
    .map((name) => parse(name).name);
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
 * Where the labels say dress and skin are.
 * @param size the photo's; label ids are brought to it by nearest neighbour; `null` keeps the map's own
 * @returns bytes, 0 or 1
 */
export async function truthOf(
  folder: LabelledFolder,
  id: string,
  size: { width: number; height: number } | null,
): Promise<{ dress: Uint8Array; skin: Uint8Array }> {
  let image = sharp(join(folder.labels, `${id}.png`)).toColourspace('b-w');
  if (size) image = image.resize(size.width, size.height, { kernel: 'nearest', fit: 'fill' });
  const ids = await image.extractChannel(0).raw().toBuffer();
  const among = (values: readonly number[]) => {
    const chosen = new Set(values);
    return Uint8Array.from(ids, (value) => (chosen.has(value) ? 1 : 0));
  };
  return { dress: among(folder.dress), skin: among(folder.skin) };
}
