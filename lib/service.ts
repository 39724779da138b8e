import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../package.json';
import { createApp } from './app';
import type { Config } from './config';
import { createHttp } from './http/create-http';
import type { CutoutsParts } from './http/cutouts';
import type { Keys } from './http/keys';
import { MAX_BYTES } from './pipeline/limits';
import { trace } from './pipeline/trace';

/** What differs between the roads that serve HTTP. */
export interface Road {
  readonly keys: Keys;
  /** Largest answer counted as base64, in bytes; `null` for no limit. */
  readonly maxAnswerBytes: number | null;
}

/** API Gateway ends a call at 30 s; what is left is for the answer to travel. */
const MAX_SECONDS = 25;

/** The HTTP API with its real parts. Call it once per process. */
export function createService(config: Config, { keys, maxAnswerBytes }: Road): ReturnType<typeof createHttp> {
  const limits: CutoutsParts['limits'] = { maxBytes: MAX_BYTES, maxAnswerBytes, maxSeconds: MAX_SECONDS };
  const describeModel = () => readModel(config.models);
  return createHttp({ ...createApp(config), trace, limits, keys, version, describeModel, log });
}

/** The manifest as training wrote it, and the model card where there is one. */
async function readModel(models: string): Promise<{ manifest: unknown; card: string | null }> {
  const manifest: unknown = JSON.parse(await readFile(join(models, 'model.json'), 'utf8'));
  const card = await readFile(join(models, 'MODEL_CARD.md'), 'utf8').catch(() => null);
  return { manifest, card };
}

/** One JSON object a line, where Lambda and a terminal alike collect it. */
function log(entry: Readonly<Record<string, unknown>>): void {
  process.stderr.write(`${JSON.stringify(entry)}\n`);
}
