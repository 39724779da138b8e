import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Context, S3Event } from 'aws-lambda';
import { createLocalQueue, type LocalQueue } from '../../bin/local-queue';
import type { Receipt } from '../../lib/uploads/receipt';
import { startTestS3, type TestS3 } from '../helpers/s3-server';

// It holds for all of V8, and so for the tests that come behind this one in the same process.
jest.mock('../../lib/heap');

// The whole road: put with the AWS SDK, the server's own event, a queue, the handler as Lambda loads it.
const root = join(__dirname, '..', '..');
const fixture = (name: string) => join(root, 'test', 'fixtures', name);

const context = {
  functionName: 'dresscut-uploads',
  awsRequestId: 'request',
  getRemainingTimeInMillis: () => 60_000,
} as Context;

let s3: TestS3;
let queue: LocalQueue;
let handler: typeof import('../../handlers/uploads').handler;
const dead: string[] = [];
const lines: string[] = [];
beforeAll(async () => {
  s3 = await startTestS3((event) => {
    if (event.Records[0]?.s3.bucket.name === s3.buckets.uploads) queue.send(JSON.stringify(event));
  });
  process.env.DRESSCUT_S3_ENDPOINT = s3.url;
  process.env.DRESSCUT_UPLOADS_BUCKET = s3.buckets.uploads;
  process.env.DRESSCUT_CUTOUTS_BUCKET = s3.buckets.cutouts;
  for (const stream of ['log', 'info', 'warn', 'error'] as const) {
    jest.spyOn(console, stream).mockImplementation((...line: unknown[]) => {
      lines.push(String(line[0]));
    });
  }
  // Log and figures go to this process's console instead of one of their own, and figures are not left out.
  process.env.POWERTOOLS_DEV = 'true';
  process.env.POWERTOOLS_METRICS_DISABLED = 'false';
  process.env.AWS_LAMBDA_INITIALIZATION_TYPE = 'on-demand';
  process.env.AWS_LAMBDA_FUNCTION_NAME = context.functionName;
  ({ handler } = await import('../../handlers/uploads'));
  queue = createLocalQueue(
    (event) => handler(event, context),
    (body) => dead.push(body),
  );
}, 60_000);
afterAll(async () => {
  await queue.close();
  await s3.close();
  for (const name of Object.keys(process.env).filter((each) => /^DRESSCUT_|^POWERTOOLS_|^AWS_LAMBDA_/.test(each))) {
    delete process.env[name];
  }
  jest.restoreAllMocks();
});

async function read(key: string): Promise<Buffer | null> {
  try {
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: s3.buckets.cutouts, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return null;
    throw error;
  }
}

async function appeared(key: string): Promise<Buffer> {
  for (let tries = 0; tries < 300; tries += 1) {
    const bytes = await read(key);
    if (bytes !== null) return bytes;
    await sleep(100);
  }
  throw new Error(`${key} did not appear`);
}

async function commandLine(photo: string): Promise<Buffer> {
  const out = await mkdtemp(join(tmpdir(), 'dresscut-'));
  try {
    const args = ['--require', require.resolve('tsx/cjs'), join(root, 'bin', 'dresscut.ts'), photo, '--out', out];
    const code = await new Promise((resolve, reject) => {
      spawn(process.execPath, args, { stdio: 'ignore' }).on('error', reject).on('close', resolve);
    });
    expect(code).toBe(0);
    return await readFile(join(out, 'dress.png'));
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

test('a photo put into one bucket is cut out in the other, byte for byte as the command line does it', async () => {
  const Key = 'uploads/new in/dress.jpg';
  const Body = await readFile(fixture('dress.jpg'));
  const expected = commandLine(fixture('dress.jpg'));
  const { ETag } = await s3.client.send(new PutObjectCommand({ Bucket: s3.buckets.uploads, Key, Body }));
  if (s3.directory === null) {
    // Other servers send no events here: this is what S3 would send.
    const object = { key: 'uploads/new+in/dress.jpg', eTag: String(ETag).replaceAll('"', '') };
    const record = { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put' };
    const bucket = { name: s3.buckets.uploads };
    queue.send(JSON.stringify({ Records: [{ ...record, s3: { bucket, object } }] }));
  }
  const receipt = JSON.parse((await appeared('cutouts/new in/dress.jpg.json')).toString()) as Receipt;
  expect(receipt).toMatchObject({ status: 'done', findings: { verdict: 'ok' }, problem: null });
  expect((await read('cutouts/new in/dress.jpg.png'))?.equals(await expected)).toBe(true);
  expect(dead).toEqual([]);
  const logged = lines.filter((line) => line.includes('upload processed')).map((line) => JSON.parse(line));
  expect(logged.at(-1)).toMatchObject({ level: 'INFO', outcome: 'done', verdict: 'ok', key: Key });
  const figures = lines.filter((line) => line.includes('_aws')).map((line) => JSON.parse(line));
  expect(figures.some(({ photos, outcome }) => photos === 1 && outcome === 'done')).toBe(true);
  expect(figures.some(({ ColdStart }) => ColdStart === 1)).toBe(true);
  expect(figures.some(({ segment, total }) => segment > 0 && total > 0)).toBe(true);
  expect(lines.join('\n')).not.toContain(Body.toString('base64').slice(0, 40));
}, 180_000);

test('Powertools has nothing to warn of', () => {
  const warned = lines.filter((line) => /has already been added|No application metrics/.test(line));
  expect(warned).toEqual([]);
});

test('S3 itself may call', async () => {
  const Body = Buffer.from('no photo');
  const put = new PutObjectCommand({ Bucket: s3.buckets.uploads, Key: 'uploads/plain.txt', Body });
  await s3.client.send(put);
  const record = { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put' };
  const event = {
    Records: [{ ...record, s3: { bucket: { name: s3.buckets.uploads }, object: { key: 'uploads/plain.txt' } } }],
  };
  expect(await handler(event as unknown as S3Event, context)).toEqual({ batchItemFailures: [] });
  const receipt = JSON.parse((await appeared('cutouts/plain.txt.json')).toString()) as Receipt;
  expect(receipt.problem?.code).toBe('unsupported-format');
}, 60_000);

test('a message that is not understood ends in the dead letters, and is counted for its function', async () => {
  queue.send('hello');
  for (let tries = 0; tries < 300 && dead.length === 0; tries += 1) await sleep(100);
  expect(dead).toEqual(['hello']);
  const logged = lines.filter((line) => line.includes('message given up')).map((line) => JSON.parse(line));
  expect(logged).toEqual([expect.objectContaining({ level: 'ERROR', why: 'this is no JSON', receives: 5 })]);
  const figures = lines.filter((line) => line.includes('_aws')).map((line) => JSON.parse(line));
  const counted = figures.filter(({ unrecognised }) => unrecognised === 1);
  expect(counted).toHaveLength(5);
  // The alarm looks for just these.
  for (const { service, function: name } of counted) expect([service, name]).toEqual(['uploads', 'dresscut-uploads']);
  const photos = figures.filter((figure) => figure.photos === 1);
  expect(new Set(photos.map((figure) => figure.function))).toEqual(new Set(['dresscut-uploads']));
}, 60_000);
