import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether `moto_server`, which answers as AWS would, is installed. */
export const hasMoto = spawnSync('moto_server', ['--help'], { timeout: 30_000 }).status === 0;
if (!hasMoto) process.stdout.write("Skipped: tests against moto's server (pip install 'moto[server]').\n");

/** A fresh moto server on a free port of this machine. */
export async function startMoto(): Promise<{ url: string; close: () => Promise<void> }> {
  const port = await freePort();
  const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const ended = once(server, 'exit');
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 120; tries++) {
    if (server.exitCode !== null) throw new Error(`moto_server ended with ${server.exitCode}`);
    if (
      await fetch(`${url}/moto-api/`).then(
        () => true,
        () => false,
      )
    )
      break;
    await sleep(250);
  }
  const close = async () => {
    server.kill();
    await ended;
  };
  return { url, close };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
