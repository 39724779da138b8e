import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** How a process ends that computes without a pause, with so many bytes and seconds to do it in. */
async function ending(bytes: number, seconds: number, more = 0): Promise<unknown> {
  const script = `
    const { startWatchdog } = require('./lib/processes/watchdog');
    const time = { seconds: ${seconds}, signal: 'SIGVTALRM' };
    const dog = startWatchdog({ time, memory: { bytes: ${bytes}, signal: 'SIGUSR2' } });
    const kept = [Buffer.alloc(100e6, 1)];
    dog.watch(true);
    if (${more} > 0) dog.expect(${more});
    kept.push(Buffer.alloc(100e6, 1));
    for (const end = Date.now() + 60_000; Date.now() < end; );`;
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', script], { cwd: ROOT, stdio: 'ignore' });
  const [, signal] = await once(child, 'exit');
  return signal;
}

test.each([
  ['memory than it may', 1_000_000, 1000, 0, 'SIGUSR2'],
  ['memory than was expected of it, beside what it had', 10_000_000_000, 1000, 50e6, 'SIGUSR2'],
  ['processor time than it may', 10_000_000_000, 0.5, 0, 'SIGVTALRM'],
  ['processor time, where its memory is as was expected', 10_000_000_000, 0.5, 150e6, 'SIGVTALRM'],
])('a process that takes more %s is ended, though it never looks up', async (_, bytes, seconds, more, signal) => {
  expect(await ending(bytes, seconds, more)).toBe(signal);
});

test('each work has limits of its own, also where it begins as soon as the one before has ended', async () => {
  const script = `
    const { startWatchdog } = require('./lib/processes/watchdog');
    const time = { seconds: 1, signal: 'SIGVTALRM' };
    const dog = startWatchdog({ time, memory: { bytes: 1e10, signal: 'SIGUSR2' } });
    const kept = [];
    for (let i = 0; i < 4; i++) {
      dog.watch(true);
      dog.expect(150e6);
      kept.push(Buffer.alloc(80e6, 1));
      for (const end = Date.now() + 400; Date.now() < end; );
      dog.watch(false);
    }
    process.exit(7);`;
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', script], { cwd: ROOT, stdio: 'ignore' });
  expect(await once(child, 'exit')).toEqual([7, null]);
});
