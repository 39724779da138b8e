import { access, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, normalize, parse, relative, resolve, sep } from 'node:path';
import { DresscutError } from '../../lib/errors';
import { PHOTO_ENDINGS } from '../../lib/pipeline/formats';
import { COMMANDS } from './help';
import { resultName } from './names';

/** A photo to cut and the file that it will become. */
export interface Job {
  /** The photo's path, as far as it was typed. */
  readonly source: string;
  /** The photo's path below the folder that was named, for a page that others may see. */
  readonly name: string;
  /** Where the result goes. */
  readonly target: string;
  /** Why it cannot be tried: the target is taken. */
  readonly refused: DresscutError | null;
}

interface Found {
  readonly source: string;
  /** The photo's absolute path without links, by which it is recognised. */
  readonly real: string;
  /** Its folder below the folder that was named, or that a pattern begins with; empty for a photo named itself. */
  readonly folder: string;
}

/**
 * Every photo among `inputs`: files as named, folders with their subfolders, in the order of names.
 * Hidden files, the folder `out` and photos that come up twice are left out.
 *
 * @throws DresscutError `invalid-option` when an input does not exist, holds no photo, or is `out` itself
 */
export async function findPhotos(inputs: readonly string[], out: string): Promise<Found[]> {
  const outside = await realpath(out).catch(() => resolve(out));
  const found = new Map<string, Found>();
  for (const { path: input, folder } of (await Promise.all(inputs.map(expand))).flat()) {
    const real = await realpath(input).catch((cause) => {
      const word = Object.hasOwn(COMMANDS, input) ? ` The command ${input} must come first.` : '';
      throw new DresscutError('invalid-option', `No such file or folder: ${input}.${word}`, { cause });
    });
    if (!(await stat(real)).isDirectory()) {
      if (!found.has(real)) found.set(real, { source: normalize(input), real, folder });
      continue;
    }
    if (real === outside) {
      throw new DresscutError(
        'invalid-option',
        `The results cannot go into the photos' own folder ${input}: choose another --out.`,
      );
    }
    const photos = await walk(input, real, new Set([outside, real]));
    if (photos.length === 0) throw new DresscutError('invalid-option', `No photo in ${input}.`);
    for (const photo of photos) {
      if (!found.has(photo.real)) found.set(photo.real, photo);
    }
  }
  return [...found.values()];
}

/**
 * What a pattern names, in the order of names, and its folder below the first one that the pattern leaves open; anything
 * that is there, or holds none of a pattern's signs, stands for itself. Shells expand patterns as well, but not those in
 * quotes, and some shells none.
 *
 * @throws DresscutError `invalid-option` when nothing is called so
 */
async function expand(input: string): Promise<{ path: string; folder: string }[]> {
  const itself = [{ path: input, folder: '' }];
  const there = await access(input).then(
    () => true,
    () => false,
  );
  if (there) return itself;
  const { glob, isDynamicPattern } = await import('tinyglobby');
  if (!isDynamicPattern(input)) return itself;
  const pattern = input.split(sep).join('/');
  const paths = await glob(pattern, { onlyFiles: true, expandDirectories: false });
  const photos = paths.filter((path) => PHOTO_ENDINGS.has(extname(path).toLowerCase()));
  if (photos.length === 0) throw new DresscutError('invalid-option', `No photo is called ${input}.`);
  const parts = pattern.split('/');
  const fixed = parts
    .slice(
      0,
      Math.min(
        parts.length - 1,
        parts.findIndex((part) => isDynamicPattern(part)),
      ),
    )
    .join('/');
  const folderOf = (path: string) =>
    relative(resolve(fixed || (isAbsolute(pattern) ? '/' : '.')), resolve(dirname(path)));
  return photos.sort().map((path) => ({ path, folder: folderOf(path) }));
}

/** @param seen real folders not to enter: the results, and those already walked, for links may form a ring */
async function walk(input: string, realInput: string, seen: Set<string>, folder = ''): Promise<Found[]> {
  const photos: Found[] = [];
  const entries = await readdir(join(realInput, folder));
  for (const entry of entries.sort()) {
    if (entry.startsWith('.')) continue;
    const path = join(folder, entry);
    const real = await realpath(join(realInput, path)).catch(() => null);
    if (real === null || seen.has(real)) continue;
    if ((await stat(real)).isDirectory()) {
      seen.add(real);
      photos.push(...(await walk(input, realInput, seen, path)));
    } else if (PHOTO_ENDINGS.has(extname(entry).toLowerCase())) {
      photos.push({ source: join(input, path), real, folder });
    }
  }
  return photos;
}

/**
 * Find the photos and decide what each becomes: `<out>/<subfolder>/<name>.<ending>`. Photos of one folder that
 * differ only in their ending keep it (`1.heic.png`, `1.jpg.png`), whichever of them is cut first. A target
 * that an earlier photo has taken, that is a photo itself, or that lies beside its photo already, is refused.
 *
 * @param inputs files and folders
 * @param out the folder for results
 * @param ending of the results, without a dot
 * @throws DresscutError `invalid-option` when an input does not exist, holds no photo, or is `out` itself
 */
export async function planJobs(inputs: readonly string[], out: string, ending: string): Promise<Job[]> {
  const photos = await findPhotos(inputs, out);
  const realOut = await realpath(out).catch(() => resolve(out));
  const short = (photo: Found) => join(photo.folder, resultName(parse(photo.source).name, ending));
  const origin = (photo: Found) => `${dirname(photo.real)}\n${sameFile(short(photo))}`;
  const sharing = new Map<string, number>();
  for (const photo of photos) sharing.set(origin(photo), (sharing.get(origin(photo)) ?? 0) + 1);

  const taken = new Map(photos.map(({ real }) => [sameFile(real), 'is itself a photo to cut']));
  const jobs: Job[] = [];
  for (const photo of photos) {
    const { source } = photo;
    const name = join(photo.folder, basename(source));
    const long = () => join(photo.folder, resultName(basename(source), ending));
    const result = sharing.get(origin(photo)) === 1 ? short(photo) : long();
    const target = join(out, result);
    const path = join(realOut, result);
    const key = sameFile(path);
    const holder = taken.get(key) ?? (await beside(photo, path));
    if (holder === null) {
      taken.set(key, `is already the result of ${source}`);
      jobs.push({ source, name, target, refused: null });
      continue;
    }
    const message = `It would become ${target}, which ${holder}; cut it with another --out.`;
    jobs.push({ source, name, target, refused: new DresscutError('invalid-option', message) });
  }
  return jobs;
}

/** In a folder for results an earlier one is replaced; what lies in a folder of photos may be somebody's original. */
async function beside({ real }: Found, path: string): Promise<string | null> {
  if (sameFile(dirname(path)) !== sameFile(dirname(real))) return null;
  return access(path).then(
    () => 'lies beside the photo already and may be no result',
    () => null,
  );
}

/** Two paths with the same key may be one file: many disks ignore case and how accents are composed. */
function sameFile(path: string): string {
  return path.normalize('NFC').toLowerCase();
}
