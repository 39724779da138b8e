import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** How a process ends that computes without a pause, with so many bytes and seconds to do it in. */
async function ending(bytes: number, seconds: number): Promise<unknown> {
  const script = `
    const { startWatchdog } = require('./lib/processes/watchdog');
    const time = { seconds: ${seconds}, signal: 'SIGVTALRM' };
    startWatchdog({ time, memory: { bytes: ${bytes}, signal: 'SIGUSR2' } })(true);
    for (const end = Date.now() + 60_000; Date.now() < end; );`;
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', script], { cwd: ROOT, stdio: 'ignore' });
  const [, signal] = await once(child, 'exit');
  return signal;
}

test.each([
  ['memory', 1_000_000, 1000, 'SIGUSR2'],
  ['processor time', 10_000_000_000, 0.5, 'SIGVTALRM'],
])('a process that takes more %s than it may is ended, though it never looks up', async (_, bytes, seconds, signal) => {
  expect(await ending(bytes, seconds)).toBe(signal);
});
