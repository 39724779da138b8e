import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { type App, createApp } from '../../lib/app';
import { type CutOut, createCutOut } from '../../lib/cut-out';
import type { Found } from '../../lib/find';
import type { PhotoStore } from '../../lib/ports';
import { s3Store } from '../../lib/storage/s3';
import { receiptKey } from '../../lib/uploads/keys';
import { createProcessUpload, type ProcessUpload } from '../../lib/uploads/process-upload';
import type { Receipt } from '../../lib/uploads/receipt';
import { FOUND } from '../helpers/loopback';
import { startTestS3, type TestS3 } from '../helpers/s3-server';

// The real network and a real S3 server. A photo of 240 pixels keeps each cut at a tenth of a second.
const fixture = (name: string) => join(__dirname, '..', 'fixtures', name);
const PATIENCE = 30_000;

let s3: TestS3;
let app: App;
let dress: Buffer;
let none: Buffer;
beforeAll(async () => {
  s3 = await startTestS3();
  app = createApp();
  dress = await sharp(fixture('dress.jpg')).resize(240).jpeg().toBuffer();
  none = await sharp(fixture('no-dress.jpg')).resize(240).jpeg().toBuffer();
}, PATIENCE);
afterAll(() => s3.close());

interface Spied {
  readonly processUpload: ProcessUpload;
  /** How often the network ran. */
  readonly cuts: () => number;
}

/** The use-case over the real store; `around` puts something between the two. */
function uploads(
  around: (store: PhotoStore) => PhotoStore = (store) => store,
  defaults = {},
  cutOut: CutOut = app.cutOut,
): Spied {
  let cuts = 0;
  const processUpload = createProcessUpload({
    store: around(s3Store({ s3Endpoint: s3.url })),
    segmenter: app.segmenter,
    cutOut: (bytes, options) => {
      cuts += 1;
      return cutOut(bytes, options);
    },
    buckets: s3.buckets,
    catalogue: null,
    defaults,
    keepCorrections: false,
    maxBytes: 25_000_000,
  });
  return { processUpload, cuts: () => cuts };
}

async function put(key: string, Body: Buffer | string, rest: Partial<PutObjectCommandInput> = {}) {
  const { ETag } = await s3.client.send(new PutObjectCommand({ Bucket: s3.buckets.uploads, Key: key, Body, ...rest }));
  return { bucket: s3.buckets.uploads, key, etag: String(ETag).replaceAll('"', '') };
}

async function get(key: string): Promise<Buffer> {
  const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: s3.buckets.cutouts, Key: key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

const head = (Key: string) => s3.client.send(new HeadObjectCommand({ Bucket: s3.buckets.cutouts, Key }));
const receiptOf = async (key: string) => JSON.parse((await get(receiptKey(key))).toString()) as Receipt;

async function written(prefix: string): Promise<string[]> {
  const { Contents } = await s3.client.send(new ListObjectsV2Command({ Bucket: s3.buckets.cutouts, Prefix: prefix }));
  return (Contents ?? []).map(({ Key }) => Key ?? '');
}

test(
  'a photo with a dress becomes a cut-out and a receipt that tells everything of it',
  async () => {
    const upload = await put('uploads/shop/été +1 100%.jpg', dress);
    const { processUpload } = uploads();
    expect((await processUpload(upload)).kind).toBe('done');
    const { findings, outputs, source, options, problem, model } = await receiptOf(upload.key);
    expect(source).toMatchObject({
      bucket: s3.buckets.uploads,
      key: upload.key,
      etag: upload.etag,
      bytes: dress.length,
    });
    expect(problem).toBeNull();
    expect(options).toMatchObject({ format: 'png', expect: 'auto' });
    expect(findings?.verdict).toBe('ok');
    expect(model.sha256).toMatch(/^[0-9a-f]{64}$/);
    const key = 'cutouts/shop/été +1 100%.jpg.png';
    expect(outputs).toEqual([expect.objectContaining({ kind: 'cutout', key, contentType: 'image/png' })]);
    const { image } = await app.cutOut(dress, options!);
    expect((await get(key)).equals(Buffer.from(image!.bytes))).toBe(true);
    const { ContentType, CacheControl, Metadata } = await head(key);
    expect([ContentType, CacheControl]).toEqual(['image/png', 'no-cache']);
    expect(Metadata).toMatchObject({ 'dresscut-source-etag': upload.etag, 'dresscut-verdict': 'ok' });
  },
  PATIENCE,
);

test(
  'a picture that WebP cannot hold is a final answer: the receipt names the way out, and it is not tried again',
  async () => {
    const [width, height] = [8, 17_000];
    const tall: Found = {
      ...FOUND,
      photo: { kind: 'photo', width, height, rgb: new Uint8Array(3 * width * height) },
      matte: {
        kind: 'matte',
        width,
        height,
        alpha: new Uint8Array(width * height).fill(255),
        box: { left: 0, top: 0, width, height },
      },
    };
    const { processUpload, cuts } = uploads(
      undefined,
      {},
      createCutOut(async () => tall),
    );
    const upload = await put('uploads/tall.jpg', dress, { Metadata: { 'dresscut-format': 'webp' } });
    expect((await processUpload(upload)).kind).toBe('failed');
    const { problem, outputs, options } = await receiptOf(upload.key);
    expect(problem).toMatchObject({ code: 'invalid-option', facts: { height, maxSide: 16_383 } });
    expect(problem?.detail).toContain('Ask for a smaller size');
    expect([outputs, options?.format]).toEqual([[], 'webp']);
    expect((await processUpload(upload)).kind).toBe('skipped');
    expect(cuts()).toBe(1);
  },
  PATIENCE,
);

test(
  'options come from metadata before defaults; a mask beside it when asked for',
  async () => {
    const Metadata = { 'dresscut-format': 'webp', 'dresscut-crop': 'true', 'dresscut-masks': 'true', other: 'x' };
    const upload = await put('uploads/options.jpg', dress, { Metadata });
    await uploads(undefined, { format: 'jpeg', background: 'white', margin: '0' }).processUpload(upload);
    const { options, outputs } = await receiptOf(upload.key);
    expect(options).toMatchObject({ format: 'webp', crop: true, margin: 0, background: { r: 255, g: 255, b: 255 } });
    expect(outputs.map(({ key }) => key)).toEqual(['cutouts/options.jpg.webp', 'masks/options.jpg.png']);
    expect((await sharp(await get('cutouts/options.jpg.webp')).metadata()).format).toBe('webp');
  },
  PATIENCE,
);

test(
  'strokes lie in an object of their own, and a changed one is cut anew',
  async () => {
    const key = 'strokes/corrected.json';
    const drop = (height: number) => JSON.stringify([{ kind: 'drop', box: { left: 0, top: 0, width: 240, height } }]);
    const Metadata = { 'dresscut-expect': 'dress', 'dresscut-strokes': key };
    const upload = await put('uploads/corrected.jpg', dress, { Metadata });
    const { processUpload, cuts } = uploads();
    await processUpload(upload);
    expect((await receiptOf(upload.key)).problem).toMatchObject({
      code: 'invalid-option',
      facts: { option: 'strokes' },
    });

    await put(key, drop(180));
    await processUpload(upload);
    expect((await receiptOf(upload.key)).findings?.box?.top).toBeGreaterThanOrEqual(180);
    expect((await processUpload(upload)).kind).toBe('skipped');
    await put(key, drop(200));
    await processUpload(upload);
    expect((await receiptOf(upload.key)).findings?.box?.top).toBeGreaterThanOrEqual(200);
    expect(cuts()).toBe(2);
  },
  PATIENCE,
);

test(
  'options come from tags too',
  async () => {
    const upload = await put('uploads/tags.jpg', dress);
    const Tagging = { TagSet: [{ Key: 'dresscut-size', Value: '100' }] };
    await s3.client.send(new PutObjectTaggingCommand({ Bucket: upload.bucket, Key: upload.key, Tagging }));
    await uploads().processUpload(upload);
    expect((await receiptOf(upload.key)).options?.size).toBe(100);
  },
  PATIENCE,
);

test(
  'an upload that was already answered is skipped before the network runs',
  async () => {
    const upload = await put('uploads/twice.jpg', dress);
    const { processUpload, cuts } = uploads();
    await processUpload(upload);
    expect((await processUpload(upload)).kind).toBe('skipped');
    expect(cuts()).toBe(1);
    // Its picture is gone: the receipt alone is no answer.
    await s3.client.send(new DeleteObjectCommand({ Bucket: s3.buckets.cutouts, Key: 'cutouts/twice.jpg.png' }));
    expect((await processUpload(upload)).kind).toBe('done');
    // Asked in another way, it is another question, and the old answer goes.
    const again = await put('uploads/twice.jpg', dress, { Metadata: { 'dresscut-format': 'webp' } });
    expect((await processUpload(again)).kind).toBe('done');
    expect(await written('cutouts/twice')).toEqual(['cutouts/twice.jpg.json', 'cutouts/twice.jpg.webp']);
    expect(cuts()).toBe(3);
  },
  PATIENCE,
);

test(
  'an event for an older upload says nothing while the newer has its own',
  async () => {
    const older = await put('uploads/older.jpg', dress);
    await put('uploads/older.jpg', none);
    const { processUpload, cuts } = uploads();
    expect((await processUpload(older)).kind).toBe('superseded');
    expect([cuts(), await written('cutouts/older')]).toEqual([0, []]);
  },
  PATIENCE,
);

test.each(['before its pictures are written', 'before its receipt is written'])(
  'a late older run never wins: the newer upload is cut by another handler %s',
  async (moment) => {
    const key = `uploads/race/${moment}.jpg`;
    const older = await put(key, dress);
    let raced = false;
    const slow = uploads((store) => ({
      ...store,
      write: async (place, bytes, options) => {
        if (!raced && place.key.endsWith('.json') === moment.includes('receipt')) {
          raced = true;
          const newer = await put(key, none);
          expect((await uploads().processUpload(newer)).kind).toBe('done');
        }
        await store.write(place, bytes, options);
      },
    }));
    await slow.processUpload(older);
    expect(raced).toBe(true);
    const { problem, outputs } = await receiptOf(key);
    expect([problem?.code, outputs]).toEqual(['no-dress', []]);
    expect(await written('cutouts/race/'.concat(moment))).toEqual([`cutouts/race/${moment}.jpg.json`]);
  },
  PATIENCE,
);

test(
  'the same photo with other options is another upload, and the later one wins',
  async () => {
    const key = 'uploads/again.jpg';
    const older = await put(key, dress, { Metadata: { 'dresscut-crop': 'false' } });
    let raced = false;
    const slow = uploads((store) => ({
      ...store,
      write: async (place, bytes, options) => {
        if (!raced) {
          raced = true;
          const newer = await put(key, dress, { Metadata: { 'dresscut-crop': 'true' } });
          expect(newer.etag).toBe(older.etag);
          expect((await uploads().processUpload(newer)).kind).toBe('done');
        }
        await store.write(place, bytes, options);
      },
    }));
    expect((await slow.processUpload(older)).receipt?.options?.crop).toBe(true);
    expect((await receiptOf(key)).options?.crop).toBe(true);
    expect((await sharp(await get('cutouts/again.jpg.png')).metadata()).width).toBeLessThan(240);
    expect((await slow.processUpload(older)).kind).toBe('skipped');
  },
  PATIENCE,
);

test(
  'an older run that was cut off after it overwrote the newer picture is put right by its next delivery',
  async () => {
    const key = 'uploads/cut-off.jpg';
    const older = await put(key, dress);
    const dying = uploads((store) => ({
      ...store,
      write: async (place, bytes, options) => {
        if (place.key.endsWith('.json')) throw new Error('cut off');
        const smaller = await put(key, await sharp(dress).resize(200).jpeg().toBuffer());
        await uploads().processUpload(smaller);
        await store.write(place, bytes, options);
      },
    }));
    await expect(dying.processUpload(older)).rejects.toThrow('cut off');
    expect((await sharp(await get('cutouts/cut-off.jpg.png')).metadata()).width).toBe(240);
    await uploads().processUpload(older);
    expect((await sharp(await get('cutouts/cut-off.jpg.png')).metadata()).width).toBe(200);
  },
  PATIENCE,
);

describe('what can never be cut is an answer', () => {
  test.each([
    ['a text', 'uploads/text.jpg', 'no photo at all, whatever its name', 'unsupported-format'],
    ['an empty object', 'uploads/empty.jpg', '', 'no-photo'],
  ])('%s', async (_, key, body, code) => {
    const upload = await put(key, Buffer.from(body));
    const { processUpload } = uploads();
    expect((await processUpload(upload)).kind).toBe('failed');
    expect(await receiptOf(key)).toMatchObject({ status: 'failed', outputs: [], problem: { code } });
    expect((await processUpload(upload)).kind).toBe('skipped');
  });

  test(
    'a photo without a dress',
    async () => {
      const upload = await put('uploads/none.jpg', none);
      const { processUpload, cuts } = uploads();
      expect((await processUpload(upload)).kind).toBe('done');
      const receipt = await receiptOf(upload.key);
      expect(receipt).toMatchObject({ status: 'done', outputs: [], problem: { code: 'no-dress' } });
      expect(receipt.findings?.verdict).toBe('no_dress');
      expect((await processUpload(upload)).kind).toBe('skipped');
      expect(cuts()).toBe(1);
    },
    PATIENCE,
  );

  test(
    'a picture of 144 megapixels in 50 kB',
    async () => {
      const create = { width: 12_000, height: 12_000, channels: 3 as const, background: 'black' };
      const bomb = await sharp({ create, limitInputPixels: false }).png().toBuffer();
      const upload = await put('uploads/bomb.png', bomb);
      await uploads().processUpload(upload);
      expect((await receiptOf(upload.key)).problem?.code).toBe('too-many-pixels');
    },
    PATIENCE,
  );

  test('options that nobody knows', async () => {
    const upload = await put('uploads/wish.jpg', dress, { Metadata: { 'dresscut-colour': 'red' } });
    await uploads().processUpload(upload);
    expect((await receiptOf(upload.key)).problem).toMatchObject({
      code: 'invalid-option',
      facts: { option: 'colour' },
    });
    expect((await uploads().processUpload(upload)).kind).toBe('skipped');
  });

  test(
    'an upload that has vanished, unless its answer stands',
    async () => {
      const upload = await put('uploads/gone.jpg', dress);
      await s3.client.send(new DeleteObjectCommand({ Bucket: upload.bucket, Key: upload.key }));
      await uploads().processUpload(upload);
      expect(await receiptOf(upload.key)).toMatchObject({ source: { etag: null }, problem: { code: 'not-found' } });
      const answered = await put('uploads/answered.jpg', dress);
      await uploads().processUpload(answered);
      await s3.client.send(new DeleteObjectCommand({ Bucket: answered.bucket, Key: answered.key }));
      expect((await uploads().processUpload(answered)).kind).toBe('skipped');
      expect((await receiptOf(answered.key)).problem).toBeNull();
    },
    PATIENCE,
  );

  test(
    'an object of 10 GB, refused by its size without reading it',
    async () => {
      const upload = await put('uploads/huge.jpg', dress);
      let store = s3Store({ s3Endpoint: s3.url });
      if (s3.directory !== null) {
        // The embedded server keeps objects as files: one with a hole of 10 GB takes no room.
        await truncate(join(s3.directory, upload.bucket, `${upload.key}._S3rver_object`), 10 * 2 ** 30);
      } else {
        const { head, ...rest } = store;
        const grown = async (place: Parameters<typeof head>[0]) => {
          const found = await head(place);
          return found === null || place.bucket !== upload.bucket ? found : { ...found, bytes: 10 * 2 ** 30 };
        };
        store = { ...rest, head: grown };
      }
      const read = jest.fn(store.read);
      await uploads(() => ({ ...store, read })).processUpload(upload);
      expect((await receiptOf(upload.key)).problem).toMatchObject({
        code: 'too-large',
        facts: { bytes: 10 * 2 ** 30, maxBytes: 25_000_000 },
      });
      expect(read.mock.calls.map(([place]) => place.bucket)).toEqual([s3.buckets.cutouts]);
    },
    PATIENCE,
  );

  test(
    'a key of 1,024 bytes: its answer lies below long/',
    async () => {
      const key = `uploads/${'ab/'.repeat(338)}.j`;
      expect(Buffer.byteLength(key)).toBe(1024);
      const upload = await put(key, dress);
      expect((await uploads().processUpload(upload)).kind).toBe('done');
      const { outputs, source } = await receiptOf(key);
      expect(source.key).toBe(key);
      expect(outputs[0]?.key).toMatch(/^cutouts\/long\/[0-9a-f]{64}\.png$/);
    },
    PATIENCE,
  );
});

test.each([
  ['an output', 'cutouts', 'cutouts/a.png'],
  ['an upload-like key in the bucket of the outputs', 'cutouts', 'uploads/a.jpg'],
  ['anything beside uploads/', 'uploads', 'cutouts/a.jpg'],
  ['the folder itself', 'uploads', 'uploads/'],
] as const)('%s starts nothing', async (_, bucket, key) => {
  expect(await uploads().processUpload({ bucket: s3.buckets[bucket], key })).toEqual({
    kind: 'refused',
    receipt: null,
  });
});

test(
  'the version that is read is the one that was looked at',
  async () => {
    const upload = await put('uploads/versions.jpg', dress);
    const asked: [string, string | undefined][] = [];
    const versioned = (store: PhotoStore): PhotoStore => ({
      ...store,
      head: async (place) => {
        const head = await store.head(place);
        return head === null || place.bucket !== upload.bucket ? head : { ...head, version: 'second' };
      },
      tags: ({ version, ...place }) => {
        asked.push(['tags', version]);
        return store.tags(place);
      },
      read: ({ version, ...place }, limits) => {
        if (place.bucket === upload.bucket) asked.push(['read', version]);
        return store.read(place, limits);
      },
    });
    const { processUpload } = uploads(versioned);
    const { bucket, key } = upload;
    expect((await processUpload({ bucket, key, version: 'first' })).kind).toBe('superseded');
    expect((await processUpload({ bucket, key, version: 'second' })).kind).toBe('done');
    expect(asked).toEqual([
      ['tags', 'second'],
      ['read', 'second'],
    ]);
    expect((await receiptOf(key)).source.version).toBe('second');
  },
  PATIENCE,
);

// The embedded server knows no versions; moto's does, and runs these tests too.
const withVersions = process.env.DRESSCUT_TEST_S3_ENDPOINT === undefined ? test.skip : test;
withVersions(
  'on a server that keeps versions, the newest is cut and named',
  async () => {
    const Bucket = s3.buckets.uploads;
    await s3.client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    const first = await put('uploads/version.jpg', await readFile(fixture('dress.jpg')));
    await put('uploads/version.jpg', dress);
    expect((await uploads().processUpload(first)).kind).toBe('superseded');
    const { VersionId } = await s3.client.send(new HeadObjectCommand({ Bucket, Key: first.key }));
    await uploads().processUpload({ bucket: Bucket, key: first.key, version: VersionId });
    expect(VersionId).toEqual(expect.any(String));
    expect((await receiptOf(first.key)).source.version).toBe(VersionId);
  },
  PATIENCE,
);

describe('a receipt that cannot be read counts as none', () => {
  const ofNothing = {
    schema: 1,
    status: 'done',
    source: { bucket: 'b', key: 'k', etag: null, version: null, bytes: 1 },
    options: null,
    findings: null,
    outputs: [],
    problem: null,
    model: { name: 'a', version: '1', sha256: 'b' },
    milliseconds: 1,
    finished: '2026-11-26T13:09:10.000Z',
  };
  const whole = { schema: 2, status: 'done', outputs: [{ kind: 'cutout', key: 'cutouts/x.png' }] };
  test.each([
    ['empty', ''],
    ['cut off', '{"schema": 1, "status": "do'],
    ['a list', '[]'],
    ['of another schema', JSON.stringify(whole)],
    ['of nothing', JSON.stringify(ofNothing)],
    ['without most of its parts', JSON.stringify({ schema: 1, status: 'done' })],
    ['too large', JSON.stringify({ schema: 1, filler: 'x'.repeat(300_000) })],
    ['not text', Buffer.from([0xff, 0xfe, 0x00])],
  ])(
    '%s',
    async (name, Body) => {
      const key = `uploads/unreadable/${name}.jpg`;
      const upload = await put(key, none);
      const lay = (Key: string, bytes: Buffer | string) =>
        s3.client.send(new PutObjectCommand({ Bucket: s3.buckets.cutouts, Key, Body: Buffer.from(bytes) }));
      await lay(receiptKey(key), Body);
      // What the lost receipt may have named: this photo shows no dress any more.
      await lay(`cutouts/unreadable/${name}.jpg.webp`, dress);
      const { processUpload, cuts } = uploads();
      expect((await processUpload(upload)).kind).toBe('done');
      expect((await receiptOf(key)).problem?.code).toBe('no-dress');
      expect(await written(`cutouts/unreadable/${name}.`)).toEqual([receiptKey(key)]);
      expect((await processUpload(upload)).kind).toBe('skipped');
      expect(cuts()).toBe(1);
    },
    PATIENCE,
  );

  test(
    'a receipt of before an option was added still answers',
    async () => {
      const upload = await put('uploads/before.jpg', none);
      const { processUpload, cuts } = uploads();
      await processUpload(upload);
      const { options, ...rest } = await receiptOf(upload.key);
      const { margin: _, ...older } = options!;
      const Body = JSON.stringify({ ...rest, options: older });
      await s3.client.send(new PutObjectCommand({ Bucket: s3.buckets.cutouts, Key: receiptKey(upload.key), Body }));
      expect((await processUpload(upload)).kind).toBe('skipped');
      expect(cuts()).toBe(1);
    },
    PATIENCE,
  );
});
