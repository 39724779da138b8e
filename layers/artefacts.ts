import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Architecture } from './architecture';
import { functionEntries } from './function';
import { modelEntries } from './model';
import { nativeEntries } from './native';
import { type Archive, archive, type Entry } from './zip';

/** The handlers that are deployed, one function each. */
export const FUNCTIONS = ['api', 'uploads', 'batch'] as const;

/** One zip in `dist/`, and what is in it. */
export interface Artefact extends Archive {
  readonly kind: 'layer' | 'function';
  readonly name: string;
  readonly entries: readonly Entry[];
}

export interface Sources {
  /** Folder of `package.json`. */
  readonly root: string;
  /** Folder of `model.json` and the network. */
  readonly models: string;
  readonly architecture: Architecture;
}

/** Everything that is deployed, in memory: two layers and the functions. */
export async function createArtefacts({ root, models, architecture }: Sources): Promise<Artefact[]> {
  const parts: readonly [Artefact['kind'], string, Promise<Entry[]>][] = [
    ['layer', 'model', modelEntries(root, models)],
    ['layer', 'native', nativeEntries(root, architecture)],
    ...FUNCTIONS.map(
      (name) => ['function', name, functionEntries(root, name)] as [Artefact['kind'], string, Promise<Entry[]>],
    ),
  ];
  return Promise.all(
    parts.map(async ([kind, name, reading]) => {
      const entries = await reading;
      return { kind, name, entries, ...(await archive(entries)) };
    }),
  );
}

/** Writes `<folder>/<name>.zip` each, in place of what was there. */
export async function writeArtefacts(folder: string, artefacts: readonly Artefact[]): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await Promise.all(artefacts.map(({ name, zip }) => writeFile(join(folder, `${name}.zip`), zip)));
}
