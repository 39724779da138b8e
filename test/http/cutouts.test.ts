import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createService } from '../../lib/app';
import { configUnderTest } from '../helpers/config-under-test';
import { type Loopback, listen } from '../helpers/loopback';

// The real network behind real HTTP, and the same calls through Lambda's handler.
const photo = readFileSync(join(__dirname, '..', 'fixtures', 'dress.jpg'));
const path = '/v1/cutouts?expect=dress';
let local: Loopback;
beforeAll(async () => {
  local = await listen(createService(configUnderTest(), { keys: 'off', maxAnswerBytes: null }));
});
afterAll(() => local.close());

const cut = (accept: string, headers: Record<string, string> = {}, query = '') =>
  fetch(`${local.url}${path}${query}`, { method: 'POST', body: photo, headers: { accept, ...headers } });
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

function event(headers: Record<string, string>): APIGatewayProxyEventV2 {
  const http = { method: 'POST', path: '/v1/cutouts', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' };
  const requestContext = { http, domainName: 'api.example.com' } as APIGatewayProxyEventV2['requestContext'];
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/v1/cutouts',
    rawQueryString: 'expect=dress',
    headers,
    requestContext,
    body: photo.toString('base64'),
    isBase64Encoded: true,
  };
}

test('strokes correct the cut, the same in a form, in JSON and in the query', async () => {
  const strokes = [{ kind: 'drop', box: { left: 0, top: 0, width: 1024, height: 800 } }];
  const text = JSON.stringify(strokes);
  const form = new FormData();
  form.set('photo', new Blob([photo]));
  form.set('strokes', text);
  const json = JSON.stringify({ photo: photo.toString('base64'), strokes });
  const send = async (body: RequestInit['body'], query = '', headers: Record<string, string> = {}) => {
    const answer = await fetch(`${local.url}${path}${query}`, { method: 'POST', body, headers });
    expect(answer.status).toBe(200);
    const steps = answer.headers.get('server-timing') ?? '';
    return { steps, top: Number(answer.headers.get('x-dresscut-box')?.split(',')[1]), bytes: await bytesOf(answer) };
  };
  const plain = await send(photo);
  const first = await send(form);
  expect(plain.top).toBeLessThan(800);
  // The same photo again: the network need not look at it once more.
  expect(first.steps).not.toContain('segment');
  expect(first.top).toBeGreaterThanOrEqual(800);
  expect((await send(json, '', { 'content-type': 'application/json' })).bytes.equals(first.bytes)).toBe(true);
  expect((await send(photo, `&strokes=${encodeURIComponent(text)}`)).bytes.equals(first.bytes)).toBe(true);
}, 120_000);

test('as many strokes as are allowed fit into a form and into JSON', async () => {
  const points = Array.from({ length: 20_000 }, (_, i) => [500.25 + (i % 97), 900.5 + (i % 89)]);
  const text = JSON.stringify([{ kind: 'keep', points, radius: 3.5 }]);
  const form = new FormData();
  form.set('photo', new Blob([photo]));
  form.set('strokes', text);
  const json = `{"strokes":${text},"photo":"${photo.toString('base64')}"}`;
  for (const [body, headers] of [
    [form, {}],
    [json, { 'content-type': 'application/json' }],
  ] as const) {
    expect((await fetch(`${local.url}${path}`, { method: 'POST', body, headers })).status).toBe(200);
  }
}, 120_000);

test('strokes beside the photo are refused, and the answer says which', async () => {
  const strokes = [{ kind: 'keep', points: [[1500, 10]], radius: 4 }];
  const answer = await cut('image/png', {}, `&strokes=${encodeURIComponent(JSON.stringify(strokes))}`);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    code: 'invalid-option',
    detail: 'Stroke 1 lies outside the photo, whose upright size is 1024 x 1536 pixels.',
  });
});

test('a description says the same in JSON and in the headers of every picture, and nowhere unasked', async () => {
  const json = (await (await cut('application/json', {}, '&describe=true')).json()) as {
    findings: { description: { colours: { name: string; hex: string; share: number }[]; pattern: string } };
  };
  const { colours, pattern } = json.findings.description;
  const listed = colours.map(({ name, hex, share }) => `${name} ${hex} ${share}`).join(', ');
  for (const accept of ['image/png', 'image/svg+xml']) {
    const { status, headers } = await cut(accept, {}, '&describe=true');
    expect([status, headers.get('x-dresscut-colours')]).toEqual([200, listed]);
    expect(headers.get('x-dresscut-pattern')).toBe(pattern);
    expect(headers.get('x-dresscut-length')).toBe('knee');
    expect(headers.get('access-control-expose-headers')).toContain('X-Dresscut-Colours');
  }
  expect((await cut('image/png')).headers.get('x-dresscut-colours')).toBeNull();
});

test('raw body, form and JSON give the same bytes, and the tag of one is the tag of all', async () => {
  const raw = await cut('image/png', { 'x-request-id': 'mine-1' });
  expect([raw.status, raw.headers.get('content-type')]).toEqual([200, 'image/png']);
  expect(raw.headers.get('vary')).toBe('Accept');
  expect(raw.headers.get('x-request-id')).toBe('mine-1');
  expect(raw.headers.get('server-timing')).toMatch(/refine;dur=[\d.]+, measure;dur=/);
  expect(raw.headers.get('x-dresscut-box')).toMatch(/^\d+,\d+,\d+,\d+$/);
  const body = new FormData();
  body.append('photo', new Blob([photo]), 'dress.jpg');
  body.append('expect', 'dress');
  const form = await fetch(`${local.url}/v1/cutouts`, { method: 'POST', body });
  const json = await fetch(`${local.url}/v1/cutouts`, {
    method: 'POST',
    body: JSON.stringify({ photo: photo.toString('base64'), expect: 'dress' }),
    headers: { 'content-type': 'application/json', accept: 'image/png' },
  });
  const expected = await bytesOf(raw);
  for (const other of [form, json]) {
    expect(other.headers.get('etag')).toBe(raw.headers.get('etag'));
    expect((await bytesOf(other)).equals(expected)).toBe(true);
  }
});

test.each(['image/webp', 'application/json', 'image/svg+xml'])(
  '%s is answered alike here and on Lambda',
  async (accept) => {
    process.env.DRESSCUT_API_KEYS = 'off';
    const { handler } = await import('../../handlers/api');
    const here = await cut(accept);
    const there = await handler(event({ accept, 'content-type': 'image/jpeg' }));
    expect([here.status, there.statusCode]).toEqual([200, 200]);
    expect(there.headers?.['content-type']).toBe(here.headers.get('content-type'));
    expect(there.headers?.etag).toBe(here.headers.get('etag'));
    const bytes = Buffer.from(there.body ?? '', there.isBase64Encoded ? 'base64' : 'utf8');
    expect(bytes.equals(await bytesOf(here))).toBe(true);
    if (accept === 'image/svg+xml') expect(bytes.length).toBeLessThan(6500);
  },
);

test('the tag of an answer gives 412, another option or type gives another tag', async () => {
  const first = await cut('image/svg+xml');
  const etag = first.headers.get('etag') ?? '';
  const again = await cut('image/svg+xml', { 'if-none-match': `"other", W/${etag}` });
  expect([again.status, again.headers.get('etag')]).toEqual([412, etag]);
  expect(await again.json()).toMatchObject({ code: 'unchanged', retryable: false });
  expect((await cut('application/json', { 'if-none-match': etag })).status).toBe(200);
});

test('the service is ready, and a damaged photo or a text is refused as what it is', async () => {
  expect((await fetch(`${local.url}/v1/ready`)).status).toBe(200);
  const send = (body: Buffer | string) => fetch(`${local.url}/v1/cutouts`, { method: 'POST', body });
  expect((await send(photo.subarray(0, 50_000))).status).toBe(422);
  expect((await send('hello')).status).toBe(415);
  expect((await send(Buffer.alloc(25_000_001))).status).toBe(413);
});
