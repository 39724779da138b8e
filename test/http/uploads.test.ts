import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Context, S3Event, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import sharp from 'sharp';
import { createService } from '../../lib/app';
import { loadConfig } from '../../lib/config';
import { s3Store } from '../../lib/storage/s3';
import { createTickets, type Ticket, type Tickets, type UploadStatus } from '../../lib/uploads/tickets';
import { fake, type Loopback, listen } from '../helpers/loopback';
import { startTestS3, type TestS3 } from '../helpers/s3-server';

// The whole road: ticket, form, event, the Lambda handler, answer, link; only the queue between is left out.
const photo = readFileSync(join(__dirname, '..', 'fixtures', 'dress.jpg'));
type Handler = (event: SQSEvent | S3Event, context: Context) => Promise<SQSBatchResponse>;
type Opened = Ticket & { poll: string };

const context = { functionName: 'uploads', getRemainingTimeInMillis: () => 60_000 } as Context;
let s3: TestS3;
let local: Loopback;
let handler: Handler;

beforeAll(async () => {
  s3 = await startTestS3();
  Object.assign(process.env, {
    DRESSCUT_UPLOADS_BUCKET: s3.buckets.uploads,
    DRESSCUT_CUTOUTS_BUCKET: s3.buckets.cutouts,
    DRESSCUT_S3_ENDPOINT: s3.url,
    // What uploads get that say nothing; a ticket says everything.
    DRESSCUT_OPTIONS: 'format=webp&crop=true&background=black&size=100',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
  ({ handler } = await import('../../handlers/uploads'));
  local = await listen(createService(loadConfig(), { keys: 'off', maxAnswerBytes: null }));
});
afterAll(async () => {
  await local?.close();
  await s3?.close();
});

async function open(query = '', init: RequestInit = {}): Promise<Opened> {
  const answer = await fetch(`${local.url}/v1/uploads${query}`, { method: 'POST', ...init });
  expect(answer.status).toBe(201);
  const ticket = (await answer.json()) as Opened;
  expect(answer.headers.get('location')).toBe(`/v1/cutouts/${ticket.id}`);
  expect(ticket.poll).toBe(`/v1/cutouts/${ticket.id}`);
  return ticket;
}

async function send({ upload }: Ticket, bytes: Uint8Array<ArrayBuffer> = new Uint8Array(photo)): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
  form.append('file', new Blob([bytes]), 'photo.jpg');
  expect((await fetch(upload.url, { method: upload.method, body: form })).status).toBe(204);
}

const place = (id: string) => ({ Bucket: s3.buckets.uploads, Key: `uploads/api/${id}` });

/** What S3 says when an upload has come. */
async function tell({ id }: Ticket): Promise<void> {
  const { Bucket, Key } = place(id);
  const { ETag = '' } = await s3.client.send(new HeadObjectCommand({ Bucket, Key }));
  const object = { key: Key, eTag: ETag.replaceAll('"', ''), size: 1, sequencer: '1' };
  const record = { eventSource: 'aws:s3', eventName: 'ObjectCreated:Post', s3: { bucket: { name: Bucket }, object } };
  const failed = await handler({ Records: [record] } as unknown as S3Event, context);
  expect(failed).toEqual({ batchItemFailures: [] });
}

/** Asks as a client does: for as long as the answer is 202. */
async function poll(ticket: Opened): Promise<Response> {
  for (let tries = 0; tries < 40; tries += 1) {
    const answer = await fetch(local.url + ticket.poll);
    if (answer.status !== 202) return answer;
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await pause(250);
  }
  throw new Error('no answer after 10 s');
}

test('a photo goes up by a form and comes back by a link, in the bytes of the synchronous answer', async () => {
  const ticket = await open('?expect=dress&crop=true');
  expect(ticket.id).toMatch(/^[\w-]{24}$/);
  expect(ticket.upload.maxBytes).toBe(25_000_000);
  const waiting = await fetch(local.url + ticket.poll);
  expect(waiting.status).toBe(202);
  expect(await waiting.json()).toEqual({
    id: ticket.id,
    state: 'waiting-for-upload',
    expires: ticket.upload.expires,
  });

  await send(ticket);
  const processing = await fetch(local.url + ticket.poll);
  expect([processing.status, await processing.json()]).toEqual([202, { id: ticket.id, state: 'processing' }]);

  const asked = poll(ticket);
  await tell(ticket);
  const answer = await asked;
  expect(answer.status).toBe(200);
  const done = (await answer.json()) as Extract<UploadStatus, { state: 'done' }>;
  expect(done).toMatchObject({ id: ticket.id, state: 'done', findings: { verdict: 'ok' } });
  expect(Object.keys(done.findings)).not.toContain('milliseconds');
  expect(Date.parse(done.expires)).toBeGreaterThan(Date.now());

  const synchronous = await fetch(`${local.url}/v1/cutouts?expect=dress&crop=true`, { method: 'POST', body: photo });
  const link = await fetch(done.cutout.url);
  expect(link.headers.get('content-type')).toBe('image/png');
  const bytes = Buffer.from(await link.arrayBuffer());
  expect(bytes.equals(Buffer.from(await synchronous.arrayBuffer()))).toBe(true);
  expect(bytes.length).toBe(done.cutout.bytes);

  const mask = await fetch(done.mask?.url ?? '');
  const { width, height, channels } = await sharp(await mask.arrayBuffer()).metadata();
  expect({ width, height, channels }).toEqual({ width: done.cutout.width, height: done.cutout.height, channels: 1 });
});

test('options come as query, form or JSON, and the form to the store carries each of them', async () => {
  const json = { 'content-type': 'application/json' };
  const tickets = await Promise.all([
    open('?format=jpeg&background=%23ff8000&size=64'),
    open('', { body: new URLSearchParams({ format: 'jpg', background: '255,128,0', size: '64' }) }),
    open('?size=64', { body: JSON.stringify({ format: 'jpeg', background: '#FF8000' }), headers: json }),
  ]);
  for (const { upload, id } of tickets) {
    expect(upload.fields).toMatchObject({
      key: `uploads/api/${id}`,
      'Content-Type': 'application/octet-stream',
      'x-amz-meta-dresscut-output': 'cutout',
      'x-amz-meta-dresscut-format': 'jpeg',
      'x-amz-meta-dresscut-crop': 'false',
      'x-amz-meta-dresscut-margin': '0.05',
      'x-amz-meta-dresscut-background': '255,128,0',
      'x-amz-meta-dresscut-mode': 'default',
      'x-amz-meta-dresscut-expect': 'auto',
      'x-amz-meta-dresscut-size': '64',
      'x-amz-meta-dresscut-masks': 'true',
    });
    const policy = JSON.parse(Buffer.from(upload.fields.Policy ?? '', 'base64').toString());
    expect(policy.conditions).toContainEqual(['content-length-range', 1, 25_000_000]);
    for (const [name, value] of Object.entries(upload.fields)) {
      if (/^(x-amz-meta|content-type|key)/i.test(name)) expect(policy.conditions).toContainEqual({ [name]: value });
    }
    expect(Date.parse(policy.expiration)).toBeLessThan(Date.now() + 16 * 60_000);
  }
});

test.each([
  ['a text', Buffer.from('hello'), '', 415, 'unsupported-format'],
  ['a damaged photo', photo.subarray(0, 50_000), '', 422, 'undecodable-image'],
  ['no dress', readFileSync(join(__dirname, '..', 'fixtures', 'no-dress.jpg')), '', 422, 'no-dress'],
] as const)('%s ends as the problem that a synchronous call has', async (_, bytes, query, status, code) => {
  const ticket = await open(query);
  await send(ticket, new Uint8Array(bytes));
  await tell(ticket);
  const later = await fetch(local.url + ticket.poll);
  const synchronous = await fetch(`${local.url}/v1/cutouts`, { method: 'POST', body: new Uint8Array(bytes) });
  expect([later.status, later.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
  const { requestId: _a, facts, ...problem } = (await later.json()) as Record<string, unknown>;
  const { requestId: _b, facts: same, ...expected } = (await synchronous.json()) as Record<string, unknown>;
  expect(problem).toEqual(expected);
  expect(problem.code).toBe(code);
  expect(facts).toEqual(same);
});

test('another photo with the same ticket is answered for itself', async () => {
  const ticket = await open('?expect=dress');
  await send(ticket, new Uint8Array(Buffer.from('hello')));
  await tell(ticket);
  expect((await fetch(local.url + ticket.poll)).status).toBe(415);
  await send(ticket);
  expect((await fetch(local.url + ticket.poll)).status).toBe(202);
  await tell(ticket);
  expect((await fetch(local.url + ticket.poll)).status).toBe(200);
});

test('an id that was never given is 404, whatever it looks like, and so is an upload without a ticket', async () => {
  const Key = 'uploads/api/AAAAAAAAAAAAAAAAAAAAAAAA';
  await s3.client.send(new PutObjectCommand({ Bucket: s3.buckets.uploads, Key, Body: photo }));
  const never = createHash('sha256').update('never').digest('base64url').slice(0, 24);
  for (const id of [never, 'AAAAAAAAAAAAAAAAAAAAAAAA', 'a', '..%2f..%2ftickets', 'x'.repeat(2000), '%00']) {
    const answer = await fetch(`${local.url}/v1/cutouts/${id}`);
    expect([id, answer.status]).toEqual([id, 404]);
    expect(((await answer.json()) as { code: string }).code).toBe('not-found');
  }
});

test('options are checked before a ticket is given, and no photo belongs into the call', async () => {
  const ask = async (query: string, init: RequestInit = {}) => {
    const answer = await fetch(`${local.url}/v1/uploads${query}`, { method: 'POST', ...init });
    return [answer.status, ((await answer.json()) as { code: string }).code];
  };
  expect(await ask('?colour=red')).toEqual([400, 'invalid-option']);
  expect(await ask('?format=jpeg')).toEqual([400, 'invalid-option']);
  expect(await ask('?crop=true', { body: new URLSearchParams({ crop: 'true' }) })).toEqual([400, 'invalid-option']);
  const headers = { 'content-type': 'application/json' };
  expect(await ask('', { body: '[1]', headers })).toEqual([400, 'malformed-body']);
  expect(await ask('', { body: photo.subarray(0, 1000) })).toEqual([415, 'unsupported-format']);
  expect(await ask('', { body: photo })).toEqual([413, 'too-large']);
});

describe('as time goes by', () => {
  const later = (minutes: number): Tickets => {
    const { buckets } = s3;
    const now = () => Date.now() + minutes * 60_000;
    return createTickets({ store: s3Store({ s3Endpoint: s3.url }), buckets, maxBytes: 25_000_000, now });
  };

  test('a ticket that nobody used expires, and not before an upload that began in time has ended', async () => {
    const { id } = await open();
    expect(await later(24).status(id)).toMatchObject({ state: 'waiting-for-upload' });
    await expect(later(26).status(id)).rejects.toMatchObject({ code: 'upload-expired', status: 410 });
  });

  test('a photo that arrived is waited for a day, then it is our fault that nothing came of it', async () => {
    const ticket = await open();
    await send(ticket);
    expect(await later(23 * 60).status(ticket.id)).toEqual({ id: ticket.id, state: 'processing' });
    await expect(later(25 * 60).status(ticket.id)).rejects.toMatchObject({ code: 'internal', status: 500 });
  });
});

test('without buckets both addresses say so, and a key is asked for first', async () => {
  const off = fake();
  for (const [path, method] of [
    ['/v1/uploads', 'POST'],
    ['/v1/cutouts/AAAAAAAAAAAAAAAAAAAAAAAA', 'GET'],
  ] as const) {
    const answer = await off.request(path, { method });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([404, 'uploads-off']);
    const locked = fake({ keys: [createHash('sha256').update('key').digest('hex')] });
    expect((await locked.request(path, { method })).status).toBe(401);
    const wrong = await off.request(path, { method: 'DELETE' });
    expect([wrong.status, wrong.headers.get('allow')?.split(', ')[0]]).toEqual([405, method]);
  }
});
