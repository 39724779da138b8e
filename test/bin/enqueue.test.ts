import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type EnqueueParts, enqueueBucket } from '../../bin/enqueue-bucket';
import { messagesOf } from '../../lib/uploads/messages';
import { startTestS3, type TestS3 } from '../helpers/s3-server';

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}

const KEYS = Array.from({ length: 25 }, (_, index) => `uploads/old/${String(index).padStart(2, '0')} é.jpg`);

let s3: TestS3;
let queue: Server;
let sqs: SQSClient;
let here: string;
let told: string[] = [];
/** Which of a batch the queue turns away, by the batch's number. */
let refuse: (batch: number) => readonly string[] = () => [];
let batches = 0;

// The part of SQS that the command calls, over HTTP as SQS speaks it.
beforeAll(async () => {
  s3 = await startTestS3();
  for (const Key of KEYS) {
    await s3.client.send(new PutObjectCommand({ Bucket: s3.buckets.uploads, Key, Body: Buffer.from(Key) }));
  }
  queue = createServer(async (call, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of call) chunks.push(chunk as Buffer);
    const { Entries } = JSON.parse(Buffer.concat(chunks).toString()) as { Entries: Entry[] };
    batches += 1;
    const refused = refuse(batches);
    const taken = Entries.filter(({ Id }) => !refused.includes(Id));
    told.push(...taken.map(({ MessageBody }) => MessageBody));
    const Successful = taken.map(({ Id, MessageBody }) => {
      return { Id, MessageId: Id, MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
    });
    const Failed = refused.map((Id) => ({ Id, Code: 'InternalError', Message: 'busy', SenderFault: false }));
    answer.setHeader('content-type', 'application/x-amz-json-1.0');
    answer.end(JSON.stringify({ Successful, Failed: Failed.length === 0 ? undefined : Failed }));
  });
  queue.listen(0, '127.0.0.1');
  await once(queue, 'listening');
  sqs = new SQSClient({
    endpoint: `http://127.0.0.1:${(queue.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
}, 30_000);
afterAll(async () => {
  sqs.destroy();
  queue.closeAllConnections();
  await new Promise((resolve) => queue.close(resolve));
  await s3.close();
});
beforeEach(async () => {
  here = await mkdtemp(join(tmpdir(), 'dresscut-enqueue-'));
  told = [];
  batches = 0;
  refuse = () => [];
});
afterEach(() => rm(here, { recursive: true, force: true }));

function parts(rest: Partial<EnqueueParts> = {}): EnqueueParts {
  return {
    s3: s3.client,
    sqs,
    bucket: s3.buckets.uploads,
    prefix: 'uploads/',
    queueUrl: 'http://127.0.0.1/000000000000/dresscut',
    checkpoint: join(here, 'checkpoint.json'),
    dryRun: false,
    pageSize: 10,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...rest,
  };
}

const keysOf = (bodies: readonly string[]) =>
  bodies.flatMap((body) => messagesOf(JSON.parse(body)).flatMap(({ created }) => created.map(({ key }) => key)));

test('every photo is told of once, in words that the handler takes, page by page', async () => {
  const { photos, key } = await enqueueBucket(parts());
  expect([photos, key]).toEqual([KEYS.length, KEYS.at(-1)]);
  expect(keysOf(told).sort()).toEqual(KEYS);
  const [arrival] = messagesOf(JSON.parse(told[0] ?? ''))[0]?.created ?? [];
  expect(arrival?.etag).toBe(
    createHash('md5')
      .update(KEYS[0] ?? '')
      .digest('hex'),
  );
});

test('a dry run counts and sends nothing', async () => {
  const { photos, bytes } = await enqueueBucket(parts({ dryRun: true }));
  expect([photos, bytes]).toEqual([KEYS.length, Buffer.byteLength(KEYS.join(''))]);
  expect(told).toEqual([]);
  await expect(readFile(join(here, 'checkpoint.json'))).rejects.toThrow('ENOENT');
});

test('an interrupted run goes on behind the last photo that was sent', async () => {
  const stop = new AbortController();
  await enqueueBucket(parts({ signal: stop.signal, onProgress: () => stop.abort() }));
  expect(told).toHaveLength(10);
  await enqueueBucket(parts());
  expect(keysOf(told).sort()).toEqual(KEYS);
});

test('messages that the queue turns away are sent again, alone', async () => {
  refuse = (batch) => (batch === 1 ? ['3', '7'] : []);
  await enqueueBucket(parts());
  expect(keysOf(told).sort()).toEqual(KEYS);
});

test('a queue that never takes a message ends the run; the next one begins with it', async () => {
  refuse = (batch) => (batch > 1 ? ['0'] : []);
  await expect(enqueueBucket(parts())).rejects.toThrow('the queue refused 1 messages 5 times: busy');
  refuse = () => [];
  await enqueueBucket(parts());
  expect([...new Set(keysOf(told))].sort()).toEqual(KEYS);
});

test("another bucket's checkpoint is not gone on from", async () => {
  const stop = new AbortController();
  await enqueueBucket(parts({ signal: stop.signal, onProgress: () => stop.abort() }));
  await expect(enqueueBucket(parts({ prefix: 'uploads/old/' }))).rejects.toThrow('name another file with --checkpoint');
});

test.each([
  ['a region', {}, /name the region with AWS_REGION=eu-central-1.*DRESSCUT_S3_ENDPOINT/],
  ['credentials', { AWS_REGION: 'us-east-1' }, /no AWS credentials: set AWS_PROFILE/],
])('a machine without %s is told what to set', (_, env, words) => {
  const script = join(__dirname, '..', '..', 'bin', 'enqueue.ts');
  const args = ['--require', require.resolve('tsx/cjs'), script, 's3://bucket/uploads/', '--dry-run'];
  // No account of whoever runs this, and no question to the network for one.
  const empty = { HOME: here, AWS_EC2_METADATA_DISABLED: 'true', PATH: process.env.PATH };
  const { stderr, status } = spawnSync(process.execPath, args, {
    cwd: here,
    env: { ...empty, ...env },
    encoding: 'utf8',
  });
  expect([stderr, status]).toEqual([expect.stringMatching(words), 1]);
});
