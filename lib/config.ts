import { availableParallelism } from 'node:os';
import { join } from 'node:path';

// ONNX Runtime reports its use to Microsoft and keeps a number of the machine and a database in the home folder, unless
// told not to. It asks the process's own environment, which only the main thread can change: so it is said as soon as
// this is loaded.
process.env.ORT_DISABLE_TELEMETRY ??= '1';
// The SDK that is pinned here runs on Node 20; the warning is of versions that do not exist yet.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/**
 * ONNX Runtime, or TensorFlow.js: on libtensorflow where that is installed, otherwise on WebAssembly (`tfjs`), or on the
 * one or the other and nothing else.
 */
export const ENGINES = ['onnx', 'tfjs', 'tfjs-node', 'tfjs-wasm'] as const;
export type Engine = (typeof ENGINES)[number];

/** Everything that comes from the environment; nothing else reads it. */
export interface Config {
  /** Folder with `model.json` and the network (`DRESSCUT_MODELS`). */
  readonly models: string;
  /** Which engine runs the network (`SEGMENTER`). */
  readonly segmenter: Engine;
  /** Threads for the network and for sharp (`DRESSCUT_THREADS`). */
  readonly threads: number;
  /** Photos that are cut at the same time, in the local service by as many workers (`DRESSCUT_CONCURRENCY`). */
  readonly concurrency: number;
  /**
   * SHA-256 of each API key in lower-case hex, after `read:` where it may not change catalogues; `off`; or `undefined`
   * when nobody said (`DRESSCUT_API_KEYS`).
   */
  readonly apiKeys: readonly string[] | 'off' | undefined;
  /** Where the local service listens (`DRESSCUT_HOST`); this machine alone unless somebody says otherwise. */
  readonly host: string;
  /** Port of the local service (`PORT`); 0 takes any that is free. */
  readonly port: number;
  /** Port of the S3 server that `npm start` brings along (`S3_PORT`); 0 takes any that is free. */
  readonly s3Port: number;
  /** Bucket that photos are uploaded to (`DRESSCUT_UPLOADS_BUCKET`). */
  readonly uploadsBucket: string | undefined;
  /** Bucket that cut-outs are written to (`DRESSCUT_CUTOUTS_BUCKET`); never the same. */
  readonly cutoutsBucket: string | undefined;
  /** An S3 server other than AWS (`DRESSCUT_S3_ENDPOINT`), addressed with the bucket in the path. */
  readonly s3Endpoint: string | undefined;
  /**
   * Region of that server, where `AWS_ACCESS_KEY_ID` is set and signs every call (`AWS_REGION`, `AWS_DEFAULT_REGION`);
   * `undefined` where it is not: for a server that looks at no signature.
   */
  readonly s3Region: string | undefined;
  /** Options of uploads that name none themselves (`DRESSCUT_OPTIONS`, as a query: `format=webp&crop=true`). */
  readonly uploadDefaults: Readonly<Record<string, string>>;
  /** Whether what strokes correct is kept for training (`DRESSCUT_KEEP_CORRECTIONS`: `on` or `off`). */
  readonly keepCorrections: boolean;
  /** Where the catalogues of dresses are: a file, or `s3vectors:` and a vector bucket (`DRESSCUT_CATALOGUE`). */
  readonly catalogue: string | undefined;
  /** Address of the queue that uploads are told by (`DRESSCUT_QUEUE_URL`): for messages that failed to come again soon. */
  readonly queueUrl: string | undefined;
  /** Deliveries after which the queue gives a message up (`DRESSCUT_MAX_RECEIVES`), as the queue is set to. */
  readonly maxReceives: number;
  /** Which Lambda function this is, if it is one (`AWS_LAMBDA_FUNCTION_NAME`). */
  readonly functionName: string | undefined;
  /** Which of npm's scripts runs this, if one does (`npm_lifecycle_event`): how the user calls the command. */
  readonly npmScript: string | undefined;
}

/**
 * Read the environment once, at start.
 * @throws Error that names the variable, what it holds and what it should.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  return {
    models: env.DRESSCUT_MODELS || join(__dirname, '..', 'models'),
    segmenter: engine(env, 'SEGMENTER'),
    // One thread below two real CPUs: ONNX Runtime's threads wait for each other actively.
    threads: wholeNumber(env, 'DRESSCUT_THREADS', 1, 64) ?? Math.max(1, Math.min(4, availableParallelism() - 1)),
    // One cut keeps two CPUs busy: 10.3 photos a second one at a time, 9.9 and 8.9 with two and three at once.
    concurrency: wholeNumber(env, 'DRESSCUT_CONCURRENCY', 1, 64) ?? 1,
    apiKeys: keyHashes(env, 'DRESSCUT_API_KEYS'),
    host: env.DRESSCUT_HOST || '127.0.0.1',
    port: wholeNumber(env, 'PORT', 0, 65_535) ?? 3000,
    s3Port: wholeNumber(env, 'S3_PORT', 0, 65_535) ?? 9000,
    ...buckets(env),
    s3Endpoint: env.DRESSCUT_S3_ENDPOINT || undefined,
    s3Region: env.AWS_ACCESS_KEY_ID ? env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1' : undefined,
    uploadDefaults: Object.fromEntries(new URLSearchParams(env.DRESSCUT_OPTIONS ?? '')),
    keepCorrections: onOrOff(env, 'DRESSCUT_KEEP_CORRECTIONS'),
    catalogue: env.DRESSCUT_CATALOGUE || undefined,
    queueUrl: env.DRESSCUT_QUEUE_URL || undefined,
    maxReceives: wholeNumber(env, 'DRESSCUT_MAX_RECEIVES', 1, 1000) ?? 5,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME || undefined,
    npmScript: env.npm_lifecycle_event || undefined,
  };
}

function engine(env: NodeJS.ProcessEnv, name: string): Engine {
  const text = env[name] || 'onnx';
  const found = ENGINES.find((known) => known === text);
  if (found === undefined) throw new Error(`${name} must be one of ${ENGINES.join(', ')}, received "${text}"`);
  return found;
}

function buckets(env: NodeJS.ProcessEnv): Pick<Config, 'uploadsBucket' | 'cutoutsBucket'> {
  const uploadsBucket = env.DRESSCUT_UPLOADS_BUCKET || undefined;
  const cutoutsBucket = env.DRESSCUT_CUTOUTS_BUCKET || undefined;
  if (uploadsBucket !== undefined && uploadsBucket === cutoutsBucket) {
    throw new Error(
      'DRESSCUT_UPLOADS_BUCKET and DRESSCUT_CUTOUTS_BUCKET name the same bucket; a result would be an upload',
    );
  }
  return { uploadsBucket, cutoutsBucket };
}

function keyHashes(env: NodeJS.ProcessEnv, name: string): Config['apiKeys'] {
  const text = env[name]?.trim();
  if (text === undefined || text === '') return undefined;
  if (text.toLowerCase() === 'off') return 'off';
  const hashes = text.split(/[\s,]+/).map((hash) => hash.toLowerCase());
  if (hashes.every((hash) => /^(read:)?[0-9a-f]{64}$/.test(hash))) return hashes;
  // What was received is not shown: somebody may have put the keys themselves there.
  throw new Error(`${name} must be "off", or SHA-256 hashes of keys as 64 hex digits each, separated by commas`);
}

function onOrOff(env: NodeJS.ProcessEnv, name: string): boolean {
  const text = env[name] || 'off';
  if (text === 'on' || text === 'off') return text === 'on';
  throw new Error(`${name} must be on or off, received "${text}"`);
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, least: number, most: number): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`${name} must be a whole number from ${least} to ${most}, received "${text}"`);
  }
  return value;
}
