import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { createApp } from '../../lib/app';
import type { Catalogue } from '../../lib/catalogue/catalogue';
import { openCatalogue } from '../../lib/catalogue/open';
import { s3Store } from '../../lib/storage/s3';
import { createForgetUpload, type ForgetUpload } from '../../lib/uploads/forget-upload';
import { createProcessUpload, type ProcessUpload } from '../../lib/uploads/process-upload';
import { readReceipt } from '../../lib/uploads/receipt';
import { startTestS3, type TestS3 } from '../helpers/s3-server';

// A real S3 server, the real network and a real catalogue in a file.
const fixture = (name: string) => join(__dirname, '..', 'fixtures', name);

let s3: TestS3;
let folder: string;
let catalogue: Catalogue;
let processUpload: ProcessUpload;
let forgetUpload: ForgetUpload;
let dress: Buffer;
let none: Buffer;
let uploadTo: (store: Catalogue | null) => ProcessUpload;
beforeAll(async () => {
  s3 = await startTestS3();
  folder = await mkdtemp(join(tmpdir(), 'dresscut-catalogue-'));
  catalogue = openCatalogue(join(folder, 'shop.db'));
  const store = s3Store({ s3Endpoint: s3.url });
  const common = { defaults: {}, keepCorrections: false, maxBytes: 25_000_000 };
  const shared = { ...createApp(), store, buckets: s3.buckets, ...common };
  uploadTo = (to) => createProcessUpload({ ...shared, catalogue: to });
  processUpload = uploadTo(catalogue);
  forgetUpload = createForgetUpload({ ...shared, catalogue, processUpload });
  dress = await sharp(fixture('dress.jpg')).resize(240).jpeg().toBuffer();
  none = await sharp(fixture('no-dress.jpg')).resize(240).jpeg().toBuffer();
});
afterAll(async () => {
  await catalogue.close();
  await s3.close();
  await rm(folder, { recursive: true, force: true });
});

async function put(key: string, Body: Buffer, metadata: Record<string, string> = {}) {
  const Metadata = Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`dresscut-${name}`, value]));
  const { ETag } = await s3.client.send(new PutObjectCommand({ Bucket: s3.buckets.uploads, Key: key, Body, Metadata }));
  return { bucket: s3.buckets.uploads, key, etag: String(ETag).replaceAll('"', '') };
}
const remove = (Key: string) => s3.client.send(new DeleteObjectCommand({ Bucket: s3.buckets.uploads, Key }));
const receiptOf = async (key: string) => {
  const receipt = await readReceipt(s3Store({ s3Endpoint: s3.url }), s3.buckets.cutouts, key);
  if (receipt === null || receipt === 'unreadable') throw new Error(`no receipt of ${key}`);
  return receipt;
};
/** S3 dates objects in whole seconds. */
const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1100));

test('a dress goes into its catalogue with what its uploader says of it, and leaves with its photo', async () => {
  const key = 'uploads/shop/1.jpg';
  const upload = await put(key, dress, { catalogue: 'shop', 'meta-price': '39.90', 'meta-page': 'https://shop/1' });
  expect((await processUpload(upload)).kind).toBe('done');
  const { catalogue: entry, findings } = await receiptOf(key);
  expect(entry).toEqual({ name: 'shop', id: 'shop/1.jpg' });
  expect(findings?.description?.colours.length).toBeGreaterThan(0);
  expect(findings?.description?.embedding).toBeUndefined();
  const kept = await catalogue.get('shop', 'shop/1.jpg');
  expect(kept?.metadata).toEqual({ price: '39.90', page: 'https://shop/1' });
  expect(kept?.embedding.vector.length).toBeGreaterThan(16);
  expect((await processUpload(upload)).kind).toBe('skipped');
  await remove(key);
  expect(await forgetUpload({ ...upload, at: Date.now() })).toBe(true);
  expect(await catalogue.get('shop', 'shop/1.jpg')).toBeNull();
  // Delivered twice, and the first event late once more: it stays out.
  expect(await forgetUpload({ ...upload, at: Date.now() })).toBe(false);
  expect((await processUpload(upload)).kind).toBe('skipped');
  expect(await catalogue.get('shop', 'shop/1.jpg')).toBeNull();
}, 60_000);

test('an id of its own, other metadata, another catalogue and no dress: the newest upload is what counts', async () => {
  const key = 'uploads/shop/2.jpg';
  await processUpload(await put(key, dress, { catalogue: 'shop', id: 'dress-2', 'meta-price': '10' }));
  expect((await catalogue.get('shop', 'dress-2'))?.metadata).toEqual({ price: '10' });
  await nextSecond();
  await processUpload(await put(key, dress, { catalogue: 'shop', id: 'dress-2', 'meta-price': '20' }));
  expect((await catalogue.get('shop', 'dress-2'))?.metadata).toEqual({ price: '20' });
  await nextSecond();
  await processUpload(await put(key, dress, { catalogue: 'sale' }));
  expect(await catalogue.get('shop', 'dress-2')).toBeNull();
  expect(await catalogue.get('sale', 'shop/2.jpg')).not.toBeNull();
  await nextSecond();
  const last = await put(key, none, { catalogue: 'sale' });
  await processUpload(last);
  expect(await catalogue.get('sale', 'shop/2.jpg')).toBeNull();
  expect((await receiptOf(key)).catalogue).toBeNull();
  expect((await processUpload(last)).kind).toBe('skipped');
}, 60_000);

test('a removal that is told of late does not touch the upload that came after it', async () => {
  const key = 'uploads/shop/3.jpg';
  await processUpload(await put(key, dress, { catalogue: 'shop' }));
  await remove(key);
  const at = Date.now();
  const again = await put(key, dress, { catalogue: 'shop' });
  expect(await forgetUpload({ bucket: again.bucket, key, at })).toBe(false);
  expect((await processUpload(again)).kind).not.toBe('failed');
  expect(await catalogue.get('shop', 'shop/3.jpg')).not.toBeNull();
}, 60_000);

test('a photo that is deleted while it is cut leaves no dress behind', async () => {
  const key = 'uploads/shop/4.jpg';
  const upload = await put(key, dress, { catalogue: 'shop' });
  const deleting: Catalogue = {
    ...catalogue,
    put: async (...dressed) => {
      const stored = await catalogue.put(...dressed);
      await remove(key);
      return stored;
    },
  };
  await uploadTo(deleting)(upload);
  expect(await catalogue.get('shop', 'shop/4.jpg')).toBeNull();
}, 60_000);

test('a dress that was taken out by hand stays out when its upload is told of again', async () => {
  const key = 'uploads/shop/5.jpg';
  const upload = await put(key, dress, { catalogue: 'shop' });
  await processUpload(upload);
  expect(await catalogue.remove('shop', 'shop/5.jpg', Date.now() + 1)).toBe(true);
  await processUpload(upload);
  expect(await catalogue.get('shop', 'shop/5.jpg')).toBeNull();
}, 60_000);

test('a catalogue that fails is tried again; a run that ended before it put the dress is finished by the next', async () => {
  const key = 'uploads/shop/6.jpg';
  const upload = await put(key, dress, { catalogue: 'shop' });
  const away: Catalogue = { ...catalogue, put: () => Promise.reject(new Error('the catalogue is away')) };
  await expect(uploadTo(away)(upload)).rejects.toThrow('the catalogue is away');
  expect((await receiptOf(key)).catalogue).toEqual({ name: 'shop', id: 'shop/6.jpg' });
  expect((await processUpload(upload)).kind).toBe('done');
  expect(await catalogue.get('shop', 'shop/6.jpg')).not.toBeNull();
}, 60_000);

test.each([
  ['a name that cannot be', { catalogue: 'My Shop' }, 'invalid-option'],
  ['too long an id', { catalogue: 'shop', id: 'x'.repeat(600) }, 'invalid-option'],
  ['metadata that cannot be', { catalogue: 'shop', 'meta-a.b': 'x' }, 'invalid-option'],
])('%s is an answer', async (name, metadata, code) => {
  const key = `uploads/wrong/${name}.jpg`;
  await processUpload(await put(key, dress, metadata));
  expect(await receiptOf(key)).toMatchObject({ status: 'failed', catalogue: null, problem: { code } });
});

test('a service without catalogues says so', async () => {
  const key = 'uploads/off.jpg';
  await uploadTo(null)(await put(key, dress, { catalogue: 'shop' }));
  expect((await receiptOf(key)).problem?.code).toBe('catalogues-off');
});
