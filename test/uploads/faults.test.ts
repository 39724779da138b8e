import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { createApp } from '../../lib/app';
import type { CutOut } from '../../lib/cut-out';
import { parseOptions } from '../../lib/options';
import { s3Store } from '../../lib/storage/s3';
import { type Consume, createConsume } from '../../lib/uploads/consume';
import { pictureKeys, receiptKey } from '../../lib/uploads/keys';
import type { UploadObserver } from '../../lib/uploads/observer';
import { createProcessUpload } from '../../lib/uploads/process-upload';
import type { Receipt } from '../../lib/uploads/receipt';
import { type FaultyS3, startFaultyS3 } from '../helpers/faulty-s3';
import { startTestS3, type TestS3 } from '../helpers/s3-server';

const UPLOADS = 200;
const AGAIN = 20;
const SHARE = 0.2;
const SEED = 20261124;

const fixture = (name: string) => join(__dirname, '..', 'fixtures', name);
const options = parseOptions({ expect: 'auto' });

let s3: TestS3;
let faulty: FaultyS3;
beforeAll(async () => {
  s3 = await startTestS3();
  faulty = await startFaultyS3(s3.url, SHARE, seeded(SEED));
});
afterAll(async () => {
  await faulty.close();
  await s3.close();
});

/** Mulberry32: a small generator with a seed, for a run that can be repeated. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The real network, asked once for each photo that differs: 200 uploads are copies of four. */
function remembering(cutOut: CutOut): CutOut {
  const known = new Map<string, ReturnType<CutOut>>();
  return (bytes, wanted) => {
    const name = createHash('sha256').update(bytes).update(JSON.stringify(wanted)).digest('hex');
    const result = known.get(name) ?? cutOut(bytes, wanted);
    known.set(name, result);
    return result;
  };
}

const tally = { done: 0, failed: 0, skipped: 0, superseded: 0, refused: 0, faults: 0 };
const observer: UploadObserver = {
  processed: ({ outcome }) => {
    tally[outcome] += 1;
  },
  failed: () => {
    tally.faults += 1;
  },
  returned: () => undefined,
  retryUnset: () => undefined,
  forgotten: () => undefined,
  unrecognised: ({ why }) => {
    throw new Error(why);
  },
};

interface Delivery {
  readonly key: string;
  readonly etag: string;
}

/** One handler: messages one after the other from a queue that both share, those that failed back to its end. */
async function work(consume: Consume, queue: Delivery[]): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { key, etag } = next;
    const record = {
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: s3.buckets.uploads }, object: { key, eTag: etag } },
    };
    const message = { eventSource: 'aws:sqs', messageId: key, body: JSON.stringify({ Records: [record] }) };
    const { batchItemFailures } = await consume({ Records: [message] }, () => Number.POSITIVE_INFINITY);
    if (batchItemFailures.length > 0) queue.push(next);
  }
}

test(`${UPLOADS} uploads over a store that fails ${SHARE * 100} % of its calls: one right answer each`, async () => {
  const small = (name: string) => sharp(fixture(name)).resize(160).jpeg().toBuffer();
  const photos = {
    dress: await small('dress.jpg'),
    none: await small('no-dress.jpg'),
    text: Buffer.from('this is no photo, whatever it is called'),
    torn: (await readFile(fixture('dress.jpg'))).subarray(0, 4000),
  };
  const names = Object.keys(photos) as (keyof typeof photos)[];
  const { cutOut, segmenter } = createApp();
  const remembered = remembering(cutOut);
  const random = seeded(SEED + 1);

  const lastly = new Map<string, keyof typeof photos>();
  const queue: Delivery[] = [];
  const upload = async (index: number, name: keyof typeof photos) => {
    const key = `uploads/shop/${index}.jpg`;
    const put = new PutObjectCommand({ Bucket: s3.buckets.uploads, Key: key, Body: photos[name] });
    const { ETag } = await s3.client.send(put);
    lastly.set(key, name);
    const times = 1 + Math.floor(random() * 3);
    const delivery = { key, etag: String(ETag).replaceAll('"', '') };
    for (let time = 0; time < times; time += 1) queue.splice(Math.floor(random() * (queue.length + 1)), 0, delivery);
  };
  const pick = () => names[random() < 0.6 ? 0 : Math.floor(random() * names.length)] as keyof typeof photos;
  for (let index = 0; index < UPLOADS; index += 1) await upload(index, pick());
  const deliveries = queue.length;

  const handler = () => {
    // Two attempts a call instead of four: more faults reach the queue.
    const client = new S3Client({
      endpoint: faulty.url,
      forcePathStyle: true,
      region: 'us-east-1',
      credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
      maxAttempts: 2,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    const processUpload = createProcessUpload({
      store: s3Store({ s3Endpoint: faulty.url }, client),
      cutOut: remembered,
      segmenter,
      buckets: s3.buckets,
      defaults: {},
      catalogue: null,
      keepCorrections: false,
      maxBytes: 25_000_000,
    });
    return createConsume({ processUpload, forgetUpload: async () => false, observer, maxReceives: 1000 });
  };
  // While both work, some photos are uploaded anew with other contents, so that old and new events mix.
  const anew = async () => {
    for (let index = 0; index < AGAIN; index += 1) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      await upload(index * 7, pick());
    }
  };
  await Promise.all([work(handler(), queue), work(handler(), queue), anew()]);
  await Promise.all([work(handler(), queue), work(handler(), queue)]);
  process.stdout.write(`${JSON.stringify({ uploads: UPLOADS + AGAIN, deliveries, ...tally, store: faulty.tally })}\n`);

  expect(tally.faults).toBeGreaterThan(0);
  const read = async (key: string) => {
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: s3.buckets.cutouts, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };
  const expected = new Set<string>();
  for (const [key, name] of lastly) {
    const receiptAt = receiptKey(key);
    const receipt = JSON.parse((await read(receiptAt)).toString()) as Receipt;
    const md5 = createHash('md5').update(photos[name]).digest('hex');
    expect([key, receipt.source.etag]).toEqual([key, md5]);
    expected.add(receiptAt);
    if (name === 'dress') {
      const { image } = await remembered(photos.dress, options);
      const { cutout } = pictureKeys(key, 'png');
      expect(receipt.outputs.map((output) => output.key)).toEqual([cutout]);
      expect((await read(cutout)).equals(Buffer.from(image!.bytes))).toBe(true);
      expected.add(cutout);
    } else {
      const codes = { none: 'no-dress', text: 'unsupported-format', torn: 'undecodable-image' };
      expect([key, receipt.problem?.code, receipt.outputs]).toEqual([key, codes[name], []]);
    }
  }
  const found: string[] = [];
  for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
    const page = await s3.client.send(
      new ListObjectsV2Command({ Bucket: s3.buckets.cutouts, ContinuationToken: token }),
    );
    found.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''));
    token = page.NextContinuationToken;
  }
  expect(found.sort()).toEqual([...expected].sort());
}, 180_000);
