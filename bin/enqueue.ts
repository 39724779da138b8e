import { rm } from 'node:fs/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { loadConfig } from '../lib/config';
import { s3Client } from '../lib/storage/s3';
import { UPLOADS_PREFIX } from '../lib/uploads/keys';
import { enqueueBucket } from './enqueue-bucket';
import { fail } from './listen';

interface Flags {
  readonly queue?: string;
  readonly dryRun: boolean;
  readonly checkpoint: string;
}

async function enqueue(address: string, { queue, dryRun, checkpoint }: Flags): Promise<void> {
  const match = /^s3:\/\/([^/]+)\/(.*)$/.exec(address);
  if (match === null) throw new Error(`expected s3://BUCKET/${UPLOADS_PREFIX}..., received ${address}`);
  const [, bucket = '', prefix = ''] = match;
  if (!prefix.startsWith(UPLOADS_PREFIX)) {
    throw new Error(`only what lies below ${UPLOADS_PREFIX} is ever cut; received the prefix "${prefix}"`);
  }
  if (queue === undefined && !dryRun) throw new Error('name the queue with --queue URL, or look first with --dry-run');
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const bar = new SingleBar({ format: '{value} photos, {megabytes} MB  {key}', hideCursor: true, gracefulExit: false });
  bar.start(0, 0, { megabytes: 0, key: '' });
  const config = loadConfig();
  const sent = await enqueueBucket({
    s3: s3Client(config),
    sqs: new SQSClient({ useQueueUrlAsEndpoint: true }),
    bucket,
    prefix,
    queueUrl: queue ?? '',
    checkpoint,
    dryRun,
    signal: stop.signal,
    onProgress: ({ photos, bytes, key }) => bar.update(photos, { megabytes: Math.round(bytes / 1e6), key }),
  }).finally(() => bar.stop());
  const what = `${sent.photos} photos, ${(sent.bytes / 1e6).toFixed(1)} MB`;
  if (stop.signal.aborted) {
    process.stderr.write(`dresscut: interrupted after ${what}; the same command goes on from there\n`);
    process.exitCode = 130;
    return;
  }
  // A run that has come to its end leaves nothing to go on from: the next one starts anew.
  if (!dryRun) await rm(checkpoint, { force: true });
  process.stdout.write(`${dryRun ? 'would tell' : 'told'} the queue of ${what}\n`);
}

/** What the AWS client says on a machine that is not set up does not say what to do. */
function explained(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  if (thrown.message === 'Region is missing') {
    const server = 'DRESSCUT_S3_ENDPOINT names an S3 server other than AWS';
    return new Error(`name the region with AWS_REGION=eu-central-1, or a profile with AWS_PROFILE; ${server}`);
  }
  if (thrown.name !== 'CredentialsProviderError') return thrown;
  return new Error('there are no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
}

new Command('npm run enqueue --')
  .description('Tell the queue of every photo that is in the uploads bucket already.')
  .argument('<address>', `s3://BUCKET/${UPLOADS_PREFIX}... : every key that begins so`)
  .option('--queue <url>', 'address of the queue')
  .option('--dry-run', 'count and say, send nothing', false)
  .option('--checkpoint <file>', 'where an interrupted run is remembered', '.dresscut-enqueue.json')
  .action((address: string, flags: Flags) => enqueue(address, flags).catch((thrown) => fail(explained(thrown))))
  .parse();
