import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Locked {
  readonly version: string;
  readonly integrity: string;
}

type Lock = Readonly<Record<string, Locked>>;

export interface PackageFolders extends AsyncDisposable {
  of(name: string): string;
}

/**
 * Where the named packages lie. Those of this machine's own platform lie in `node_modules`; those that npm left out
 * for being another platform's are fetched from the registry, in the version and with the checksum of
 * `package-lock.json`, into a temporary folder that goes when the result is disposed of.
 *
 * @throws Error when a package is not in the lock file, cannot be fetched, or is not what the lock file says
 */
export async function platformPackages(root: string, cpu: string, names: readonly string[]): Promise<PackageFolders> {
  const missing = names.filter((name) => !existsSync(join(root, 'node_modules', name)));
  const fetched = missing.length === 0 ? undefined : await mkdtemp(join(tmpdir(), 'dresscut-layer-'));
  const dispose = async () => {
    if (fetched !== undefined) await rm(fetched, { recursive: true, force: true });
  };
  try {
    if (fetched !== undefined) await fetchInto(fetched, cpu, missing, await readLock(join(root, 'package-lock.json')));
  } catch (thrown) {
    await dispose();
    throw thrown;
  }
  return {
    of: (name) => join(fetched !== undefined && missing.includes(name) ? fetched : root, 'node_modules', name),
    [Symbol.asyncDispose]: dispose,
  };
}

async function fetchInto(folder: string, cpu: string, names: readonly string[], lock: Lock): Promise<void> {
  const exact = names.map((name) => `${name}@${lockedIn(lock, name).version}`);
  const platform = ['--os=linux', `--cpu=${cpu}`, '--libc=glibc'];
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--save-optional'];
  const npm = spawn('npm', ['install', '--prefix', folder, ...platform, ...quiet, ...exact], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 300_000,
  });
  const [code] = await once(npm, 'close');
  if (code !== 0) throw new Error(`npm could not fetch ${exact.join(' and ')}; the registry is needed for that.`);
  const got = await readLock(join(folder, 'package-lock.json'));
  for (const name of names) {
    if (lockedIn(got, name).integrity !== lockedIn(lock, name).integrity) {
      throw new Error(`The registry's ${name} is not the one in package-lock.json.`);
    }
  }
}

function lockedIn(lock: Lock, name: string): Locked {
  const found = lock[`node_modules/${name}`];
  if (found === undefined) throw new Error(`package-lock.json does not name ${name}.`);
  return found;
}

async function readLock(path: string): Promise<Lock> {
  return (JSON.parse(await readFile(path, 'utf8')) as { packages: Lock }).packages;
}
