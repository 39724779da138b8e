import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import sharp from 'sharp';
import { createService } from '../../lib/app';
import { configUnderTest } from '../helpers/config-under-test';
import { type Loopback, listen } from '../helpers/loopback';

// Lambda's handler as API Gateway calls it, and the same calls over HTTP on this machine, with the real network.
const KEY = 'correct horse';
const keys = [createHash('sha256').update(KEY).digest('hex')];
let photo: Buffer;
let local: Loopback;
let handler: (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;
beforeAll(async () => {
  process.env.DRESSCUT_API_KEYS = keys.join(',');
  ({ handler } = (await import('../../handlers/api')) as unknown as { handler: typeof handler });
  local = await listen(createService(configUnderTest(), { keys, maxAnswerBytes: null }));
  photo = await sharp(readFileSync(join(__dirname, '..', 'fixtures', 'dress.jpg')))
    .resize(384)
    .jpeg()
    .toBuffer();
});
afterAll(() => local.close());

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** What API Gateway sends for `curl`, payload version 2.0: text bodies as they are, all others as base64. */
function eventOf({ method = 'POST', path, query = '', headers = {}, body }: Sent): APIGatewayProxyEventV2 {
  const binary = !/^(text\/|application\/json)/.test(headers['content-type'] ?? '');
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    headers: {
      accept: '*/*',
      'content-length': String(body?.length ?? 0),
      host: 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com',
      'user-agent': 'curl/8.5.0',
      'x-amzn-trace-id': 'Root=1-6742f1c0-0123456789abcdef01234567',
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...headers,
    },
    ...(query === '' ? {} : { queryStringParameters: Object.fromEntries(new URLSearchParams(query)) }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'a1b2c3d4e5',
      domainName: 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com',
      domainPrefix: 'a1b2c3d4e5',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'curl/8.5.0' },
      requestId: 'BvxS0jqvFiAEMmg=',
      routeKey: '$default',
      stage: '$default',
      time: '24/Nov/2026:10:00:00 +0000',
      timeEpoch: 1795514400000,
    },
    ...(body === undefined ? {} : { body: body.toString(binary ? 'base64' : 'utf8') }),
    isBase64Encoded: body !== undefined && binary,
  };
}

/** The same call both ways. What differs by nature is left out: times, ids, and the lines of HTTP/1.1 itself. */
async function both(sent: Sent) {
  const there = await handler(eventOf(sent));
  const { method = 'POST', path, query = '', headers = {}, body } = sent;
  const answer = await fetch(`${local.url}${path}${query && `?${query}`}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
  });
  const here = Buffer.from(await answer.arrayBuffer());
  const names = [
    'server-timing',
    'x-request-id',
    'date',
    'connection',
    'keep-alive',
    'transfer-encoding',
    'content-length',
    // Only where TLS ends at us.
    'strict-transport-security',
  ];
  const lasting = (all: Iterable<readonly [string, unknown]>) =>
    Object.fromEntries([...all].filter(([name]) => !names.includes(name)));
  expect(there.statusCode).toBe(answer.status);
  expect(lasting(Object.entries(there.headers ?? {}))).toEqual(lasting(answer.headers));
  return { there, here, bytes: Buffer.from(there.body ?? '', there.isBase64Encoded ? 'base64' : 'utf8') };
}

const multipart = (fields: Readonly<Record<string, string>>) => {
  const lines = Object.entries(fields).map(
    ([name, value]) => `------dresscut0123456789\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head =
    '------dresscut0123456789\r\nContent-Disposition: form-data; name="image_file"; filename="d.jpg"\r\nContent-Type: image/jpeg\r\n\r\n';
  return Buffer.concat([Buffer.from(lines.join('') + head), photo, Buffer.from('\r\n------dresscut0123456789--\r\n')]);
};
const key = { 'x-api-key': KEY };
const form = { ...key, 'content-type': 'multipart/form-data; boundary=----dresscut0123456789' };
const raw = { ...key, 'content-type': 'image/jpeg' };
const text = { ...key, 'content-type': 'application/json' };

test.each<[name: string, binary: boolean, type: string, sent: () => Sent]>([
  [
    'a photo as PNG',
    true,
    'image/png',
    () => ({ path: '/v1/cutouts', query: 'expect=dress&crop=1', headers: raw, body: photo }),
  ],
  [
    'a photo as WebP',
    true,
    'image/webp',
    () => ({ path: '/v1/cutouts', query: 'expect=dress', headers: { ...raw, accept: 'image/webp' }, body: photo }),
  ],
  [
    'a photo as outline',
    false,
    'image/svg+xml',
    () => ({ path: '/v1/cutouts', query: 'expect=dress', headers: { ...raw, accept: 'image/svg+xml' }, body: photo }),
  ],
  [
    'JSON as JSON',
    false,
    'application/json',
    () => ({
      path: '/v1/cutouts',
      headers: { ...text, accept: 'application/json' },
      body: Buffer.from(JSON.stringify({ photo: photo.toString('base64'), expect: 'dress' })),
    }),
  ],
  [
    'a form as ZIP',
    true,
    'application/zip',
    () => ({ path: '/v1.0/removebg', headers: form, body: multipart({ format: 'zip' }) }),
  ],
  [
    'a form as JPG',
    true,
    'image/jpeg',
    () => ({ path: '/v1.0/removebg', headers: form, body: multipart({ bg_color: 'fff', size: 'full' }) }),
  ],
  ['the model', false, 'application/json', () => ({ method: 'GET', path: '/v1/model' })],
])('%s is the same in every byte on Lambda and here', async (_, binary, type, sent) => {
  const { there, here, bytes } = await both(sent());
  expect([there.statusCode, there.headers?.['content-type'], there.isBase64Encoded]).toEqual([200, type, binary]);
  expect(bytes.length).toBeGreaterThan(100);
  expect(bytes.equals(here)).toBe(true);
});

test('no key and a wrong key are refused on Lambda as here', async () => {
  for (const [headers, status, code] of [
    [{}, 401, 'key-missing'],
    [{ 'x-api-key': 'wrong' }, 403, 'key-wrong'],
  ] as const) {
    const { there, bytes } = await both({ path: '/v1/cutouts', headers, body: photo });
    expect(there.statusCode).toBe(status);
    expect(JSON.parse(bytes.toString())).toMatchObject({ code, retryable: false });
  }
});

test('a tag gives 412, a preflight needs no key', async () => {
  const sent = {
    path: '/v1/cutouts',
    query: 'expect=dress',
    headers: { ...raw, accept: 'image/svg+xml' },
    body: photo,
  };
  const etag = String((await handler(eventOf(sent))).headers?.etag);
  const { there } = await both({ ...sent, headers: { ...sent.headers, 'if-none-match': etag } });
  expect([there.statusCode, there.headers?.etag]).toEqual([412, etag]);
  expect((await handler(eventOf({ method: 'OPTIONS', path: '/v1/cutouts' }))).statusCode).toBe(204);
});

test('a photo that Lambda could not carry is refused with the limit that holds there', async () => {
  const { statusCode, body = '' } = await handler(
    eventOf({ path: '/v1/cutouts', headers: raw, body: Buffer.alloc(4_700_000) }),
  );
  expect(statusCode).toBe(413);
  const { code, facts } = JSON.parse(body) as { code: string; facts: { maxBytes: number } };
  expect(code).toBe('too-large');
  expect(facts.maxBytes).toBeGreaterThan(4_500_000);
  expect(facts.maxBytes).toBeLessThan(4_700_000);
});

test('it does not start before somebody has said who may call', async () => {
  jest.resetModules();
  delete process.env.DRESSCUT_API_KEYS;
  await expect(import('../../handlers/api')).rejects.toThrow(/DRESSCUT_API_KEYS/);
});
