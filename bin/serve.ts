import { isIP } from 'node:net';
import { serve } from '@hono/node-server';
import { type Config, loadConfig } from '../lib/config';
import { createService } from '../lib/service';

function start(config: Config): void {
  const { host, port, apiKeys } = config;
  if (apiKeys === undefined && !isLoopback(host)) {
    throw new Error(`DRESSCUT_HOST=${host} lets others in: set DRESSCUT_API_KEYS, to "off" if everybody may call`);
  }
  const { fetch } = createService(config, { keys: apiKeys ?? 'off', maxAnswerBytes: null });
  const server = serve({ fetch, hostname: host, port }, (address) => {
    const at = `http://${isIP(host) === 6 ? `[${host}]` : host}:${address.port}`;
    process.stdout.write(greeting(at, apiKeys));
  });
  server.on('error', (error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? `port ${port} is in use; choose another with PORT=3001` : error.message;
    process.stderr.write(`dresscut: ${why}\n`);
    process.exit(1);
  });
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // The second Ctrl-C is from somebody who does not want to wait for the photo in work.
      if (stopping) process.exit(130);
      stopping = true;
      server.close(() => process.exit(0));
      if ('closeIdleConnections' in server) server.closeIdleConnections();
    });
  }
}

function greeting(at: string, apiKeys: Config['apiKeys']): string {
  const keyed = Array.isArray(apiKeys);
  const key = keyed ? ' -H "X-Api-Key: $DRESSCUT_KEY"' : '';
  const why = apiKeys === 'off' ? 'DRESSCUT_API_KEYS says so' : 'only this machine can call';
  return `dresscut listens; Ctrl-C ends it.
  page     ${at}/
  API      ${at}/v1/openapi.json
  API keys ${keyed ? 'on' : `off: ${why}`}

  curl -sS --fail-with-body${key} --data-binary @photo.jpg ${at}/v1/cutouts -o dress.png
`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

try {
  start(loadConfig());
} catch (thrown) {
  process.stderr.write(`dresscut: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exit(1);
}
