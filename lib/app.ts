import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../package.json';
import type { Catalogue } from './catalogue/catalogue';
import { openCatalogue } from './catalogue/open';
import { type Config, loadConfig } from './config';
import { createEngine, type Engine } from './engine';
import { messageOf } from './errors';
import { createHttp } from './http/app';
import type { Jobs } from './http/jobs/jobs';
import type { Limits } from './http/limits';
import type { ApiKeys } from './http/middleware/api-key';
import { jobsHere } from './jobs-here';
import { type Log, log } from './log';
import { MAX_BYTES } from './pipeline/limits';
import { s3Store } from './storage/s3';
import { createForgetUpload, type ForgetUpload } from './uploads/forget-upload';
import { createProcessUpload, type ProcessUpload } from './uploads/process-upload';
import { createTickets, type Tickets } from './uploads/tickets';
import { checkUploadDefaults } from './uploads/upload-options';

/** The real parts, joined. */
export interface App extends Engine {
  /** `null` where none is configured. */
  readonly catalogue: Catalogue | null;
}

/**
 * This file is the composition root: the one place that chooses implementations, with
 * `engine.ts` for those that cut. `createApp` joins what every road
 * needs, `createService` puts HTTP on top of it, `createUploads` the S3 road. Call each once per process.
 */
export function createApp(config: Config = loadConfig()): App {
  return { ...createEngine(config), catalogue: catalogueOf(config) };
}

function catalogueOf({ catalogue }: Config): Catalogue | null {
  return catalogue === undefined ? null : openCatalogue(catalogue);
}

/** What differs between the roads that serve HTTP. */
export interface Road {
  /** Does what is asked of photos; by default this process does it, and hears nobody meanwhile. */
  readonly jobs?: Jobs;
  /** By default the one that is configured, if one is. */
  readonly catalogue?: Catalogue | null;
  readonly keys: ApiKeys;
  /** Largest call and largest answer, counted as base64, in bytes; `null` for no limit. */
  readonly maxAnswerBytes: number | null;
  /** Told of each answer from status 500; by default a line on stderr. */
  readonly log?: Log;
}

/** API Gateway ends a call at 30 s; what is left is for the answer to travel. */
const MAX_SECONDS = 25;

/** A phone that changes its network is back sooner, or not at all. */
const STALLED_SECONDS = 10;

/** At a second each, the last of them still comes within its time. */
const MAX_WAITING = 16;

/** A call that only sends is a socket and 64 kB. */
const MAX_CALLS = 128;

/**
 * Eight of the largest photos. The process that speaks HTTP holds 100 MB without them, and another 100 MB for a moment
 * while it parses the largest JSON; what is cut is in its worker's memory (`lib/worker/limits.ts`). On Lambda both are
 * one process, and there is one call at a time.
 */
const MAX_HELD_BYTES = 200_000_000;

/** The HTTP API with its real parts. */
export function createService(config: Config, road: Road): ReturnType<typeof createHttp> {
  const { keys, maxAnswerBytes, log: told = log, jobs = jobsHere(config), catalogue = catalogueOf(config) } = road;
  const limits: Limits = {
    maxBytes: maxAnswerBytes === null ? MAX_BYTES : Math.min(MAX_BYTES, asBinary(maxAnswerBytes)),
    maxAnswerBytes,
    maxSeconds: MAX_SECONDS,
    stalledSeconds: STALLED_SECONDS,
    atOnce: config.concurrency,
    maxWaiting: MAX_WAITING,
    maxCalls: MAX_CALLS,
    maxHeldBytes: MAX_HELD_BYTES,
  };
  const describeModel = () => readModel(config.models);
  return createHttp({
    jobs,
    catalogue,
    limits,
    keys,
    tickets: ticketsOf(config),
    version,
    describeModel,
    log: told,
  });
}

/** What is done with uploads that came, and with uploads that went. */
export interface Uploads {
  readonly processUpload: ProcessUpload;
  readonly forgetUpload: ForgetUpload;
}

/**
 * The use-cases for uploads with their real parts.
 * @throws Error that names the variable which is not set, or holds what no upload can be cut with
 */
export function createUploads(config: Config, app: App = createApp(config)): Uploads {
  const uploads = named('DRESSCUT_UPLOADS_BUCKET', config.uploadsBucket);
  const cutouts = named('DRESSCUT_CUTOUTS_BUCKET', config.cutoutsBucket);
  const defaults = checked(config.uploadDefaults);
  const shared = { ...app, store: s3Store(config), buckets: { uploads, cutouts } };
  const { keepCorrections } = config;
  const processUpload = createProcessUpload({ ...shared, defaults, maxBytes: MAX_BYTES, keepCorrections });
  return { processUpload, forgetUpload: createForgetUpload({ ...shared, processUpload }) };
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

function named(variable: string, bucket: string | undefined): string {
  if (bucket === undefined) throw new Error(`${variable} must name a bucket`);
  return bucket;
}

function checked(defaults: Config['uploadDefaults']): Config['uploadDefaults'] {
  try {
    checkUploadDefaults(defaults);
  } catch (cause) {
    throw new Error(`DRESSCUT_OPTIONS: ${messageOf(cause)}`, { cause });
  }
  return defaults;
}
