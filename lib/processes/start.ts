import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { extname } from 'node:path';

const EXTENSION = extname(__filename);

/**
 * Starts a module of ours as a process of its own. It ends when nobody is left who could write to its stdin.
 *
 * @param path of the module, without its extension: `.ts` from the sources, `.js` where they are built
 */
export function startModule(path: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  // From its sources the project runs through a loader, and so does whatever it starts.
  const loader = EXTENSION === '.ts' ? ['--require', createRequire(__filename).resolve('tsx/cjs')] : [];
  const child = spawn(process.execPath, ['--expose-gc', ...loader, `${path}${EXTENSION}`, ...args], { stdio });
  // A process that ended is noticed by its end; that nobody reads what it is sent adds nothing.
  child.stdin?.on('error', () => {});
  child.on('error', () => {});
  return child;
}
