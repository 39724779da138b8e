import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { s3Store } from '../../lib/storage/s3';

// The adapter's own rules, against answers that a server on loopback does not give at will.
const s3 = mockClient(S3Client);
const store = s3Store({ s3Endpoint: 'http://127.0.0.1:1' });
const place = { bucket: 'photos', key: 'uploads/a.jpg' };
beforeEach(() => s3.reset());

const fault = (name: string, httpStatusCode: number) =>
  new S3ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode }, message: `${name}!` });
/** Only the part of the SDK's own stream that is used. */
const body = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk))) as never;

test('head: what is known of an object', async () => {
  const modified = new Date(0);
  s3.on(HeadObjectCommand).resolves({ ContentLength: 5, ETag: '"e"', LastModified: modified, Metadata: { a: 'b' } });
  expect(await store.head(place)).toEqual({
    bytes: 5,
    etag: 'e',
    version: undefined,
    contentType: undefined,
    metadata: { a: 'b' },
    modified,
  });
});

test('what is not there is null; what failed is an internal fault with its cause', async () => {
  s3.on(HeadObjectCommand).rejects(fault('NotFound', 404));
  s3.on(GetObjectCommand).rejectsOnce(fault('PreconditionFailed', 412)).rejects(fault('SlowDown', 503));
  s3.on(GetObjectTaggingCommand).rejects(fault('NoSuchBucket', 404));
  s3.on(PutObjectCommand).rejects(new Error('socket hang up'));
  expect(await store.head(place)).toBeNull();
  expect(await store.read(place, { maxBytes: 9, etag: 'e' })).toBeNull();
  await expect(store.read(place, { maxBytes: 9 })).rejects.toMatchObject({
    code: 'internal',
    message: 'The store answered SlowDown (503): SlowDown!',
    cause: { name: 'SlowDown' },
  });
  await expect(store.tags(place)).rejects.toMatchObject({ code: 'internal' });
  await expect(store.write(place, Buffer.from(''), { contentType: 'a/b' })).rejects.toThrow('socket hang up');
});

test('read: the version and the state that were asked for', async () => {
  s3.on(GetObjectCommand).resolves({ Body: body('ab', 'c'), ContentLength: 3 });
  const bytes = await store.read({ ...place, version: 'v' }, { maxBytes: 3, etag: 'e' });
  expect(Buffer.from(bytes ?? []).toString()).toBe('abc');
  expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input).toMatchObject({ VersionId: 'v', IfMatch: '"e"' });
});

test('read: stops as soon as there is too much', async () => {
  let given = 0;
  const endless = Readable.from(
    (function* () {
      for (;;) {
        given += 1;
        yield Buffer.alloc(1000);
      }
    })(),
    { highWaterMark: 1 },
  );
  s3.on(GetObjectCommand).resolves({ Body: endless as never });
  await expect(store.read(place, { maxBytes: 2500 })).rejects.toMatchObject({
    code: 'too-large',
    facts: { maxBytes: 2500 },
  });
  expect(given).toBeLessThan(10);
  expect(endless.destroyed).toBe(true);
});

test('read: a body that ends early is a fault, not half a photo', async () => {
  s3.on(GetObjectCommand).resolves({ Body: body('ab'), ContentLength: 5 });
  await expect(store.read(place, { maxBytes: 9 })).rejects.toThrow('the body ended after 2 of 5 bytes');
});

test('read: a body that falls silent has an end', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  s3.on(GetObjectCommand).resolves({ Body: new Readable({ read: () => undefined }) as never });
  const ended = expect(store.read(place, { maxBytes: 9 })).rejects.toThrow('fell silent for 10 s');
  await jest.advanceTimersByTimeAsync(10_000);
  jest.useRealTimers();
  await ended;
});

test('write, remove and tags say what they are about', async () => {
  s3.on(PutObjectCommand).resolves({});
  s3.on(DeleteObjectCommand).resolves({});
  s3.on(GetObjectTaggingCommand).resolves({ TagSet: [{ Key: 'dresscut-crop', Value: 'true' }] });
  const options = { contentType: 'image/png', cacheControl: 'no-cache', metadata: { a: 'b' } };
  await store.write(place, Buffer.from('abc'), options);
  await store.remove(place);
  expect(await store.tags(place)).toEqual({ 'dresscut-crop': 'true' });
  expect(s3.commandCalls(PutObjectCommand)[0]?.args[0].input).toMatchObject({
    Bucket: 'photos',
    Key: 'uploads/a.jpg',
    ContentLength: 3,
    ContentType: 'image/png',
    CacheControl: 'no-cache',
    Metadata: { a: 'b' },
  });
  expect(s3.commandCalls(DeleteObjectCommand)).toHaveLength(1);
});

test('a presigned form holds its size, its key and its fields fast; an address ends', async () => {
  const fields = { 'x-amz-meta-dresscut-crop': 'true' };
  const form = await store.post(place, { maxBytes: 100, seconds: 60, fields });
  const policy = JSON.parse(Buffer.from(form.fields.Policy ?? '', 'base64').toString());
  expect(policy.conditions).toEqual(
    expect.arrayContaining([['content-length-range', 1, 100], { key: 'uploads/a.jpg' }, fields]),
  );
  const url = new URL(await store.get(place, { seconds: 60, filename: 'dress.png' }));
  expect(url.searchParams.get('X-Amz-Expires')).toBe('60');
  expect(url.searchParams.get('response-content-disposition')).toBe('attachment; filename="dress.png"');
});

test("a server of one's own is sent the account that the environment names", async () => {
  s3.restore();
  const heard: (string | undefined)[] = [];
  const server = createServer((request, answer) => {
    heard.push(request.headers.authorization);
    answer.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const s3Endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const account = { AWS_ACCESS_KEY_ID: 'OURS', AWS_SECRET_ACCESS_KEY: 'secret' };
  Object.assign(process.env, account);
  try {
    expect(await s3Store({ s3Endpoint, s3Region: 'eu-west-3' }).head(place)).toBeNull();
    expect(await s3Store({ s3Endpoint }).head(place)).toBeNull();
  } finally {
    for (const name of Object.keys(account)) delete process.env[name];
    server.close();
  }
  expect(heard[0]).toMatch(/Credential=OURS\/\d+\/eu-west-3\/s3/);
  expect(heard[1]).toMatch(/Credential=S3RVER\/\d+\/us-east-1\/s3/);
});
