import { createHash } from 'node:crypto';
import { DresscutError } from '../../lib/errors';
import { FINDINGS, FOUND, fake, fakeDependencies, type Parts } from '../helpers/loopback';

const KEY = 'correct horse';
const keys = [createHash('sha256').update(KEY).digest('hex')];
const failing = (error: unknown): Parts => ({
  find: () => Promise.reject(error),
  cutOut: () => Promise.reject(error),
});
const post = (init: RequestInit = {}) => ({ method: 'POST', body: 'photo', ...init });
const json = (value: unknown) => post({ body: JSON.stringify(value), headers: { 'content-type': 'application/json' } });
const form = (...fields: [string, string | Blob][]) => {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  return post({ body });
};
const file = new Blob(['photo']);

type Case = [name: string, status: number, code: string, path: string, init?: RequestInit, parts?: Parts];
const cases: Case[] = [
  ['an unknown option', 400, 'invalid-option', '/v1/cutouts?colour=red', post()],
  ['an option given twice', 400, 'invalid-option', '/v1/cutouts?crop=1&crop=0', post()],
  ['an option in query and form', 400, 'invalid-option', '/v1/cutouts?crop=1', form(['photo', file], ['crop', '1'])],
  ['a file for an option', 400, 'invalid-option', '/v1/cutouts', form(['photo', file], ['crop', file])],
  ['a JPEG without a background', 400, 'invalid-option', '/v1/cutouts', post({ headers: { accept: 'image/jpeg' } })],
  ['an SVG with a crop', 400, 'invalid-option', '/v1/cutouts?crop=1', post({ headers: { accept: 'image/svg+xml' } })],
  ['an empty body', 400, 'no-photo', '/v1/cutouts', { method: 'POST' }],
  ['a form without a photo', 400, 'no-photo', '/v1/cutouts', form(['output', 'mask'])],
  ['a form with a text as photo', 400, 'no-photo', '/v1/cutouts', form(['photo', 'text'])],
  ['a form with two photos', 400, 'no-photo', '/v1/cutouts', form(['photo', file], ['photo', file])],
  ['JSON without a photo', 400, 'no-photo', '/v1/cutouts', json({ crop: true })],
  ['JSON that is a list', 400, 'malformed-body', '/v1/cutouts', json([])],
  ['JSON with a photo that is no base64', 400, 'malformed-body', '/v1/cutouts', json({ photo: 'no base64!' })],
  [
    'JSON that is none',
    400,
    'malformed-body',
    '/v1/cutouts',
    post({ body: '{', headers: { 'content-type': 'application/json; charset=utf-8' } }),
  ],
  [
    'a form that is none',
    400,
    'malformed-body',
    '/v1/cutouts',
    post({ headers: { 'content-type': 'multipart/form-data; boundary=x' } }),
  ],
  ['no key', 401, 'key-missing', '/v1/cutouts', post(), { keys }],
  ['a wrong key', 403, 'key-wrong', '/v1/cutouts', post({ headers: { 'x-api-key': `${KEY}s` } }), { keys }],
  ['an unknown address', 404, 'not-found', '/v1/nothing'],
  ['the name of a built-in as address', 404, 'not-found', '/constructor'],
  ['a wrong method', 405, 'method-not-allowed', '/v1/cutouts'],
  ['a type that nobody makes', 406, 'not-acceptable', '/v1/cutouts', post({ headers: { accept: 'text/html' } })],
  [
    'a format against Accept',
    406,
    'not-acceptable',
    '/v1/cutouts?format=webp',
    post({ headers: { accept: 'image/png' } }),
  ],
  ['no coding, and text', 400, 'no-photo', '/v1/cutouts', post({ body: '', headers: { 'content-encoding': '' } })],
  ['a compressed body', 415, 'unsupported-format', '/v1/cutouts', post({ headers: { 'content-encoding': 'gzip' } })],
  [
    'an engine that is gone',
    503,
    'model-unavailable',
    '/v1/ready',
    {},
    failing(new DresscutError('model-unavailable', 'secret')),
  ],
  [
    'a golden photo cut wrongly',
    503,
    'model-unavailable',
    '/v1/ready',
    {},
    {
      find: async () => ({ ...FOUND, findings: { ...FINDINGS, coverage: 0.9 } }),
    },
  ],
  ['a fault of ours', 500, 'internal', '/v1/cutouts', post(), failing(new Error('secret'))],
  ['a thrown number', 500, 'internal', '/v1/cutouts', post(), failing(1234567)],
];

test.each(cases.map((row) => [row[0], row] as const))('%s is a problem', async (_, row) => {
  const [, status, code, path, init, parts] = row;
  const logged: unknown[] = [];
  const app = fake({ log: (entry) => logged.push(entry), ...parts });
  const answer = await app.request(`http://localhost${path}`, init);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const requestId = answer.headers.get('x-request-id');
  const problem = (await answer.json()) as Record<string, string>;
  expect(problem).toMatchObject({ status, code, requestId, retryable: status >= 500 });
  expect(problem.type).toBe(`http://localhost/v1/problems#${code}`);
  expect(problem.detail?.length).toBeGreaterThan(10);
  expect(JSON.stringify(problem)).not.toMatch(/secret|1234567/);
  expect(logged).toHaveLength(status >= 500 ? 1 : 0);
});

test('every type is an anchor on the page of problems', async () => {
  const page = await (await fake().request('/v1/problems')).text();
  for (const [, , code] of cases) expect(page).toContain(`id="${code}"`);
});

test('what is wrong with the photo is told with its facts', async () => {
  const error = new DresscutError('too-small', 'The photo is 1x1.', { facts: { minSide: 64 } });
  const answer = await fake(failing(error)).request('/v1/cutouts', post());
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ detail: 'The photo is 1x1.', facts: { minSide: 64 } });
});

test('a photo without a dress is a 422 with the presence that the network gave', async () => {
  const findings = { ...FINDINGS, verdict: 'no_dress' as const, presence: 0.12, confidence: 0 };
  const app = fake({ cutOut: async () => ({ ...FOUND, findings, image: null, matte: null }) });
  const answer = await app.request('/v1/cutouts', post());
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ code: 'no-dress', facts: { presence: 0.12, confidence: 0 } });
});

test('a key that is known opens, and 401 says where the key goes', async () => {
  const app = fake({ keys: ['0'.repeat(64), ...keys] });
  expect((await app.request('/v1/cutouts', post({ headers: { 'x-api-key': KEY } }))).status).toBe(200);
  expect((await app.request('/v1/cutouts', post())).headers.get('www-authenticate')).toContain('X-Api-Key');
  expect((await app.request('/v1/health')).status).toBe(200);
});

test('405 lists what is allowed, HEAD works where GET does, preflight everywhere', async () => {
  const app = fake();
  expect((await app.request('/v1/health', { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  const head = await app.request('/v1/health', { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  const preflight = await app.request('/v1/cutouts', { method: 'OPTIONS' });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-headers')).toMatch(/Authorization.*X-Api-Key/);
  expect(preflight.headers.get('access-control-expose-headers')).toMatch(/X-Dresscut-Verdict/);
});

test('a caller who takes too long to serve is told so before the line is cut', async () => {
  const app = fake({
    limits: { ...fakeDependencies.limits, maxSeconds: 0.05 },
    cutOut: () => new Promise(() => undefined),
  });
  const answer = await app.request('/v1/cutouts', post());
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await answer.json()).toMatchObject({ code: 'out-of-time', retryable: true, facts: { maxSeconds: 0.05 } });
});

test('a result over the limit names size and crop; its base64 is what counts', async () => {
  const bytes = Buffer.byteLength(await (await fake().request('/v1/cutouts', post())).text());
  const maxAnswerBytes = Math.ceil(bytes / 3) * 4;
  const limited = (most: number) => fake({ limits: { ...fakeDependencies.limits, maxAnswerBytes: most } });
  expect((await limited(maxAnswerBytes).request('/v1/cutouts', post())).status).toBe(200);
  const answer = await limited(maxAnswerBytes - 1).request('/v1/cutouts', post());
  expect(answer.status).toBe(413);
  const problem = (await answer.json()) as { detail: string };
  expect(problem).toMatchObject({ code: 'too-large', facts: { bytes: maxAnswerBytes, maxBytes: maxAnswerBytes - 1 } });
  expect(problem.detail).toMatch(/size.*crop/);
});

test('where calls and answers are limited and uploads are taken, a 413 names the road that carries more', async () => {
  const limits = { ...fakeDependencies.limits, maxBytes: 4, maxAnswerBytes: 100 };
  const nobody = () => Promise.reject(new Error('not asked'));
  const detailOf = async (parts: Parts, body: string) => {
    const answer = await fake(parts).request('/v1/cutouts', post({ body }));
    expect(answer.status).toBe(413);
    return (await answer.json()) as { detail: string; facts: { upload?: string } };
  };
  for (const body of ['a photo', 'tiny']) {
    const { detail, facts } = await detailOf({ limits, tickets: { create: nobody, status: nobody } }, body);
    expect(detail).toContain('POST /v1/uploads carries more');
    expect(facts.upload).toBe('/v1/uploads');
    expect((await detailOf({ limits }, body)).detail).not.toContain('/v1/uploads');
  }
});

test('an Idempotency-Key is accepted, and a repeated call gives the same bytes under the same tag', async () => {
  const app = fake();
  const call = () =>
    app.request('/v1/cutouts', post({ headers: { 'idempotency-key': '8e03978e-40d5-43dd-bc93-6894a57f9324' } }));
  const [first, second] = [await call(), await call()];
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
  expect(await second.text()).toBe(await first.text());
  const preflight = await app.request('/v1.0/removebg', { method: 'OPTIONS' });
  expect(preflight.headers.get('access-control-allow-headers')).toMatch(/Idempotency-Key,\s*If-None-Match/);
});
