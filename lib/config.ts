import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** Everything that comes from the environment; nothing else reads it. */
export interface Config {
  /** Folder with `model.json` and the network (`DRESSCUT_MODELS`). */
  readonly models: string;
  /** Threads for the network and for sharp (`DRESSCUT_THREADS`). */
  readonly threads: number;
  /** SHA-256 of each API key in lower-case hex, `off`, or `undefined` when nobody said (`DRESSCUT_API_KEYS`). */
  readonly apiKeys: readonly string[] | 'off' | undefined;
  /** Where the local service listens (`DRESSCUT_HOST`); this machine alone unless somebody says otherwise. */
  readonly host: string;
  /** Port of the local service (`PORT`); 0 takes any that is free. */
  readonly port: number;
}

/**
 * Read the environment once, at start.
 * @throws Error that names the variable, what it holds and what it should.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  return {
    models: env.DRESSCUT_MODELS || join(__dirname, '..', 'models'),
    // One thread below two real CPUs: ONNX Runtime's threads wait for each other actively.
    threads: wholeNumber(env, 'DRESSCUT_THREADS', 1, 64) ?? Math.max(1, Math.min(4, availableParallelism() - 1)),
    apiKeys: keyHashes(env, 'DRESSCUT_API_KEYS'),
    host: env.DRESSCUT_HOST || '127.0.0.1',
    port: wholeNumber(env, 'PORT', 0, 65_535) ?? 3000,
  };
}

function keyHashes(env: NodeJS.ProcessEnv, name: string): Config['apiKeys'] {
  const text = env[name]?.trim();
  if (text === undefined || text === '') return undefined;
  if (text.toLowerCase() === 'off') return 'off';
  const hashes = text.split(/[\s,]+/).map((hash) => hash.toLowerCase());
  if (hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash))) return hashes;
  // What was received is not shown: somebody may have put the keys themselves there.
  throw new Error(`${name} must be "off", or SHA-256 hashes of keys as 64 hex digits each, separated by commas`);
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
