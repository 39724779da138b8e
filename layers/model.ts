import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest } from '../lib/segmenters/manifest';
import { noticeEntries } from './licences';
import type { Entry } from './zip';

/** The model layer's files: under `/opt/models` once it is mounted. The checkpoint and the float network stay home. */
export async function modelEntries(root: string, models: string): Promise<Entry[]> {
  const { file } = await readManifest(models);
  const read = async (name: string) => ({ path: `models/${name}`, bytes: await readFile(join(models, name)) });
  const own = await Promise.all(['model.json', file, 'MODEL_CARD.md'].map(read));
  return [...own, ...(await noticeEntries(root, 'models/'))];
}
