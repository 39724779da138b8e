import { join } from 'node:path';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { createApp } from '../../lib/app';
import { s3Store } from '../../lib/storage/s3';
import { createForgetUpload, type ForgetUpload } from '../../lib/uploads/forget-upload';
import { createProcessUpload, type ProcessUpload } from '../../lib/uploads/process-upload';
import { startTestS3, type TestS3 } from '../helpers/s3-server';

// A real S3 server and the real network: what a corrected upload leaves for training, and when it goes.
const KEY = 'uploads/shop/1.jpg';
const KEEP = JSON.stringify([{ kind: 'keep', points: [[120, 190]], radius: 6 }]);
jest.setTimeout(60_000);

let s3: TestS3;
let keeping: ProcessUpload;
let keepingNone: ProcessUpload;
let forgetUpload: ForgetUpload;
let dress: Buffer;
beforeAll(async () => {
  s3 = await startTestS3();
  const store = s3Store({ s3Endpoint: s3.url });
  const shared = { ...createApp(), store, buckets: s3.buckets, catalogue: null, defaults: {}, maxBytes: 25_000_000 };
  keeping = createProcessUpload({ ...shared, keepCorrections: true });
  keepingNone = createProcessUpload({ ...shared, keepCorrections: false });
  forgetUpload = createForgetUpload({ ...shared, processUpload: keeping });
  dress = await sharp(join(__dirname, '..', 'fixtures', 'dress.jpg'))
    .resize(240)
    .jpeg()
    .toBuffer();
  await s3.client.send(new PutObjectCommand({ Bucket: s3.buckets.uploads, Key: 'strokes/1.json', Body: KEEP }));
});
afterAll(() => s3.close());

async function put(Metadata: Record<string, string>) {
  await s3.client.send(new PutObjectCommand({ Bucket: s3.buckets.uploads, Key: KEY, Body: dress, Metadata }));
  return { bucket: s3.buckets.uploads, key: KEY };
}
const corrected = () => put({ 'dresscut-strokes': 'strokes/1.json' });

async function kept(): Promise<string[]> {
  const listed = await s3.client.send(new ListObjectsV2Command({ Bucket: s3.buckets.cutouts, Prefix: 'corrections/' }));
  return (listed.Contents ?? []).map(({ Key = '' }) => Key).sort();
}

async function picture(key: string | undefined) {
  const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: s3.buckets.cutouts, Key: key }));
  return sharp(await Body?.transformToByteArray())
    .raw()
    .toBuffer({ resolveWithObject: true });
}

test('nothing is kept unless the service says so', async () => {
  expect((await keepingNone(await corrected())).kind).toBe('done');
  expect(await kept()).toEqual([]);
});

test('a corrected upload leaves photo, person and dress, of one size, named by nothing of its own', async () => {
  const { receipt } = await keeping(await put({ 'dresscut-strokes': 'strokes/1.json', 'dresscut-crop': 'true' }));
  expect(receipt?.correction).toBe(true);
  const keys = await kept();
  expect(keys.map((key) => key.replace(/[0-9a-f]{16}/, ''))).toEqual([
    'corrections/body.png',
    'corrections/dress.png',
    'corrections/original.jpg',
  ]);
  const [body, cut, original] = await Promise.all(keys.map(picture));
  expect(original?.info).toMatchObject({ width: 240, height: 360, channels: 3 });
  expect(body?.info).toMatchObject({ width: 240, height: 360, channels: 4 });
  expect(cut?.info).toMatchObject({ width: 240, height: 360, channels: 4 });
  const solid = (picture: typeof cut) =>
    Array.from({ length: 240 * 360 }, (_, i) => (picture?.data[4 * i + 3] ?? 0) > 127);
  const [person, worn] = [solid(body), solid(cut)];
  // The dress is within the person, and the person has a head and legs as well.
  expect(worn.every((value, i) => !value || person[i])).toBe(true);
  const area = (mask: boolean[]) => mask.filter(Boolean).length;
  expect(area(worn)).toBeGreaterThan(5000);
  expect(area(person)).toBeGreaterThan(1.2 * area(worn));
});

test('the same upload without strokes takes it away again', async () => {
  await keeping(await put({}));
  expect(await kept()).toEqual([]);
});

test('a photo without corrections leaves nothing', async () => {
  expect((await keeping(await put({ 'dresscut-format': 'webp' }))).receipt?.correction).toBe(false);
  expect(await kept()).toEqual([]);
});

test('with its photo it is deleted, and with nothing else', async () => {
  const upload = await corrected();
  await keeping(upload);
  await forgetUpload({ ...upload, at: Date.now() });
  expect(await kept()).toHaveLength(3);
  await s3.client.send(new DeleteObjectCommand({ Bucket: s3.buckets.uploads, Key: KEY }));
  await forgetUpload({ ...upload, at: Date.now() });
  expect(await kept()).toEqual([]);
});
