import { join } from 'node:path';
import { Command } from 'commander';
import { createService } from '../lib/app';
import { type Config, loadConfig } from '../lib/config';
import { s3Store } from '../lib/storage/s3';
import { remoteJobs } from '../lib/worker/remote-jobs';
import { demonstrate } from './demo';
import { putSamples } from './demo-catalogue';
import { closeOnSignal, fail, listen, whyNot } from './listen';
import { createLocalQueue, MAX_RECEIVES } from './local-queue';
import { ACCESS_KEY, startLocalS3 } from './local-s3';
import { remoteUploads } from './remote-uploads';

const ROOT = join(__dirname, '..');
const PHOTO = join(ROOT, 'samples', 'shop.jpg');
const UPLOADS = 'dresscut-uploads';
const CUTOUTS = 'dresscut-cutouts';

interface Flags {
  readonly demo: boolean;
  readonly data: string;
}

/** Everything that AWS would run, on this machine: the API and its page, both buckets, and the road between them. */
async function start({ demo, data }: Flags): Promise<void> {
  const given = loadConfig();
  if (given.apiKeys !== undefined && given.apiKeys !== 'off') {
    throw new Error(
      'npm start is for this machine alone and asks for no keys: unset DRESSCUT_API_KEYS, or use npm run serve',
    );
  }
  // The server is there before the queue is, and events only come once somebody knows its address.
  const queue: { send?: (body: string) => void } = {};
  const s3 = await startLocalS3(given.s3Port, join(data, 's3'), [UPLOADS, CUTOUTS], (event) => {
    if (event.Records[0]?.s3.bucket.name === UPLOADS) queue.send?.(JSON.stringify(event));
  }).catch((error: unknown) => {
    throw whyNot(error, given.s3Port, 'S3_PORT');
  });
  const config: Config = {
    ...given,
    uploadsBucket: UPLOADS,
    cutoutsBucket: CUTOUTS,
    s3Endpoint: s3.url,
    s3Region: undefined,
    catalogue: given.catalogue ?? join(data, 'catalogue.db'),
  };
  const uploads = remoteUploads(config, (line) => say(`  ${line}`));
  const events = createLocalQueue(uploads.consume, (body) => say(`  given up after ${MAX_RECEIVES} tries: ${body}`));
  queue.send = events.send;
  const jobs = remoteJobs(config, config.concurrency);
  const { fetch } = createService(config, { keys: 'off', maxAnswerBytes: null, jobs });
  const http = await listen(fetch, '127.0.0.1', config.port).catch(async (error: unknown) => {
    jobs.close();
    uploads.close();
    await s3.close();
    throw whyNot(error, config.port, 'PORT');
  });
  closeOnSignal(async () => {
    await http.close();
    jobs.close();
    await events.close();
    uploads.close();
    await s3.close();
  });
  say(greeting(http.url, s3.url));
  if (!demo) return;
  await putSamples(http.url, say);
  const parts = { store: s3Store(config), uploadsBucket: UPLOADS, cutoutsBucket: CUTOUTS, photo: PHOTO };
  await demonstrate({ ...parts, api: http.url, s3: s3.url, results: join(data, 'results'), say });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function greeting(http: string, s3: string): string {
  return `dresscut listens, for this machine alone; Ctrl-C ends it.
  page     ${http}/
  API      ${http}/v1/openapi.json
  S3       ${s3}  (access key ${ACCESS_KEY}, any secret)
           photos go to ${UPLOADS}/uploads/, cut-outs come in ${CUTOUTS}/cutouts/

  curl -sS --fail-with-body --data-binary @photo.jpg ${http}/v1/cutouts -o dress.png
  curl -sS --fail-with-body -T photo.jpg ${s3}/${UPLOADS}/uploads/
`;
}

new Command('npm start --')
  .description('The API and page, an S3 server with both buckets, and the road between them, on this machine alone.')
  .option('--no-demo', 'do not send the shipped photo over both roads at the start')
  .option('--data <folder>', 'where uploads, cut-outs and results lie', join(ROOT, '.dresscut'))
  .action((flags: Flags) => start(flags).catch(fail))
  .parse();
