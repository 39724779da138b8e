import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../package.json';
import { type App, createApp } from './app';
import type { Config } from './config';
import { createHttp } from './http/create-http';
import type { Limits } from './http/cutouts';
import type { Keys } from './http/keys';
import { log } from './log';
import { drawAlpha, drawApart, drawPicture } from './pipeline/canvas';
import { MAX_BYTES } from './pipeline/limits';
import { trace } from './pipeline/trace';
import { s3Store } from './storage/s3';
import { createTickets, type Tickets } from './uploads/tickets';

/** What differs between the roads that serve HTTP. */
export interface Road {
  readonly keys: Keys;
  /** Largest call and largest answer, counted as base64, in bytes; `null` for no limit. */
  readonly maxAnswerBytes: number | null;
}

/** API Gateway ends a call at 30 s; what is left is for the answer to travel. */
const MAX_SECONDS = 25;

/** 16 photos of 25 MB are 400 MB, and as many may be arriving; at a second each the last still comes within its time. */
const MAX_WAITING = 16;

/** The HTTP API with its real parts. Call it once per process. */
export function createService(
  config: Config,
  { keys, maxAnswerBytes }: Road,
  app: App = createApp(config),
): ReturnType<typeof createHttp> {
  const limits: Limits = {
    maxBytes: maxAnswerBytes === null ? MAX_BYTES : Math.min(MAX_BYTES, asBinary(maxAnswerBytes)),
    maxAnswerBytes,
    maxSeconds: MAX_SECONDS,
    atOnce: config.concurrency,
    maxWaiting: MAX_WAITING,
  };
  const canvas = { picture: drawPicture, alpha: drawAlpha, apart: drawApart };
  const describeModel = () => readModel(config.models);
  return createHttp({
    ...app,
    trace,
    canvas,
    limits,
    keys,
    tickets: ticketsOf(config),
    version,
    describeModel,
    log,
  });
}

/** What fits into so much base64, in whole 0.1 MB, because people read it. */
function asBinary(base64Bytes: number): number {
  return Math.floor((base64Bytes * 3) / 4 / 1e5) * 1e5;
}

/** Uploads need both buckets; without them the API works on what it is sent. */
function ticketsOf(config: Config): Tickets | null {
  const { uploadsBucket: uploads, cutoutsBucket: cutouts } = config;
  if (uploads === undefined || cutouts === undefined) return null;
  return createTickets({ store: s3Store(config), buckets: { uploads, cutouts }, maxBytes: MAX_BYTES });
}

/** The manifest as training wrote it, and the model card where there is one. */
async function readModel(models: string): Promise<{ manifest: unknown; card: string | null }> {
  const manifest: unknown = JSON.parse(await readFile(join(models, 'model.json'), 'utf8'));
  const card = await readFile(join(models, 'MODEL_CARD.md'), 'utf8').catch(() => null);
  return { manifest, card };
}
