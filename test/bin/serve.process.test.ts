import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// `npm run serve` as somebody runs it, in a process group of its own.
const root = join(__dirname, '..', '..');

test('SIGTERM to npm ends the service too, and starting it says nothing but where it is', async () => {
  const child = spawn('npm', ['run', '--silent', 'serve'], {
    cwd: root,
    env: { ...process.env, PORT: '0', NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  let url: string | undefined;
  for (let tries = 0; url === undefined && tries < 1200 && child.exitCode === null; tries++) {
    await sleep(50);
    url = /page +(http\S+)\//.exec(output)?.[1];
  }
  expect([url, errors]).toEqual([expect.stringContaining('http://127.0.0.1:'), '']);
  expect((await fetch(`${url}/v1/health`)).status).toBe(200);
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  // Its pipes close when everything that npm started has ended.
  await ended;
  await expect(fetch(`${url}/v1/health`)).rejects.toThrow();
}, 90_000);
