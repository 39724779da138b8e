import { spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './markdown';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A program run to its end, with an environment that knows nothing of the `npm run` that may be around this test.
 * The proxy that the installer of onnxruntime-node would use leads nowhere: whatever it fetches fails.
 */
export function runApart(command: string, args: readonly string[], cwd: string): Promise<Ended> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_|onnxruntime|node_options)/i.test(name) || /registry/i.test(name),
    ),
  );
  const nowhere = 'http://127.0.0.1:9';
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...env, GLOBAL_AGENT_HTTP_PROXY: nowhere, GLOBAL_AGENT_HTTPS_PROXY: nowhere },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** `npm pack`, as for a release. @returns the tarball, and what is in it */
export async function pack(
  folder: string,
): Promise<{ tarball: string; files: string[]; size: number; unpacked: number }> {
  const { code, stdout, stderr } = await runApart(
    'npm',
    ['pack', '--ignore-scripts=false', '--json', '--pack-destination', folder],
    ROOT,
  );
  if (code !== 0) throw new Error(`npm pack failed:\n${stderr}`);
  // The build's own lines stand before the JSON; npm 12 answers with an object by name, earlier ones with a list.
  const answer = JSON.parse(stdout.slice(stdout.search(/^[[{]\s*$/m))) as object;
  const [packed] = Object.values(answer) as {
    filename: string;
    files: { path: string }[];
    size: number;
    unpackedSize: number;
  }[];
  if (packed === undefined) throw new Error(`npm pack said ${stdout}`);
  const { filename, files, size, unpackedSize } = packed;
  return { tarball: join(folder, filename), files: files.map(({ path }) => path), size, unpacked: unpackedSize };
}

/** A folder with nothing but a `package.json`, as `npm init` leaves it. */
export async function emptyFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `dresscut-${name}-`));
  await writeFile(join(folder, 'package.json'), '{ "name": "somebodys", "version": "1.0.0", "type": "module" }\n');
  return folder;
}
