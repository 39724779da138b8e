import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Most memory of a process that decodes a file and does nothing else, in MB; that of its own children does not count. */
export async function memoryFor(file: Uint8Array): Promise<number> {
  const script = `
    const { buffer } = require('node:stream/consumers');
    const { decode } = require('./lib/pipeline/decode');
    buffer(process.stdin).then(decode).then(() => console.log(process.resourceUsage().maxRSS / 1000));`;
  const root = join(__dirname, '..', '..');
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', script], { cwd: root });
  child.stdin.end(file);
  return Number(await text(child.stdout));
}
