import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Entry } from './zip';

/** What ships with everything that is made of this project, below `folder`. */
export async function noticeEntries(root: string, folder: string): Promise<Entry[]> {
  const names = ['LICENSE', 'NOTICE', 'licenses/GPL-3.0.txt', 'licenses/LGPL-3.0.txt'];
  return Promise.all(
    names.map(async (name) => ({ path: `${folder}${name}`, bytes: await readFile(join(root, name)) })),
  );
}

/** A package whose code is part of a bundle. */
interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** `null` where the package has no file for it. */
  readonly text: string | null;
}

/**
 * The licences of every package in a bundle as one text, each text once.
 * @param inputs paths of the bundle's sources, relative to `root`, as esbuild's metafile has them
 */
export async function bundledLicences(root: string, inputs: readonly string[]): Promise<string> {
  const folders = [...new Set(inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []))];
  const packages = await Promise.all(folders.sort().map((folder) => read(join(root, folder))));
  const byText = new Map<string, Bundled[]>();
  for (const each of packages) {
    const text = each.text ?? `${each.licence}: https://spdx.org/licenses/${each.licence}`;
    byText.set(text, [...(byText.get(text) ?? []), each]);
  }
  const parts = [...byText].map(([text, group]) => {
    const names = new Set(group.map(({ name, version, licence }) => `${name} ${version} (${licence})`));
    return `${[...names].sort().join('\n')}\n\n${text.trimEnd()}\n`;
  });
  return parts.sort().join(`\n${'-'.repeat(80)}\n\n`);
}

async function read(folder: string): Promise<Bundled> {
  const own = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  const file = (await readdir(folder)).find((name) => /^licen[cs]e([.-]|$)/i.test(name));
  const text = file === undefined ? null : await readFile(join(folder, file), 'utf8');
  const { name, version, license } = own;
  if (typeof license !== 'string') throw new Error(`${name}: its package.json names no licence`);
  return { name: String(name), version: String(version), licence: license, text };
}
