import { Command, InvalidArgumentError } from 'commander';
import { createService } from '../lib/app';
import { type Config, loadConfig } from '../lib/config';
import { remoteJobs } from '../lib/worker/remote-jobs';
import { closeOnSignal, fail, listen, whyNot } from './listen';

type Flags = Partial<Pick<Config, 'host' | 'port'>>;

/** The HTTPS API without its S: for a container or a server behind something that speaks TLS. */
async function serve(flags: Flags): Promise<void> {
  const config: Config = { ...loadConfig(), ...flags };
  const { host, port, apiKeys } = config;
  if (apiKeys === undefined && !isLoopback(host)) {
    throw new Error(`DRESSCUT_HOST=${host} lets others in: set DRESSCUT_API_KEYS, to "off" if everybody may call`);
  }
  const jobs = remoteJobs(config, config.concurrency);
  const { fetch } = createService(config, { keys: apiKeys ?? 'off', maxAnswerBytes: null, jobs });
  const { url, close } = await listen(fetch, host, port).catch((error: unknown) => {
    jobs.close();
    throw whyNot(error, port, 'PORT');
  });
  closeOnSignal(async () => {
    await close();
    jobs.close();
  });
  // The first call need not wait for the network; where it cannot be loaded, readiness says so.
  jobs.load().catch(() => undefined);
  process.stdout.write(greeting(url, apiKeys));
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

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('Expected a whole number from 0 to 65535.');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

new Command('dresscut serve')
  .description('The HTTP API and its page. Environment: docs/configuration.md')
  .option(
    '--host <address>',
    'where to listen; others than this machine need DRESSCUT_API_KEYS (default: DRESSCUT_HOST)',
  )
  .option('--port <number>', '0 takes any that is free (default: PORT, or 3000)', portOf)
  .action((flags: Flags) => serve(flags).catch(fail))
  .parse();
