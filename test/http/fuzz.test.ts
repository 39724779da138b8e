import fc from 'fast-check';
import { removebgSchema } from '../../lib/http/removebg/options';
import { DEFAULTS } from '../../lib/options';
import { fake } from '../helpers/loopback';

const PATHS = ['/', '/v1/cutouts', '/v1/cutouts/abc', '/v1/uploads', '/v1.0/removebg', '/v1/health', '/v1/ready'];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const HEADERS = [
  'accept',
  'content-type',
  'content-encoding',
  'content-length',
  'idempotency-key',
  'if-none-match',
  'origin',
  'x-api-key',
  'x-request-id',
];
const VALUES = [
  'application/json',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'image/*;q=0.1',
  'image/svg+xml',
  'gzip',
  '0',
  '*',
];
const OPTIONS = [
  ...Object.keys(DEFAULTS),
  ...Object.keys(removebgSchema.shape),
  'image_url',
  'image_file',
  '__proto__',
];
const ANSWERS = [
  'true',
  '0',
  'webp',
  'zip',
  '50%',
  '10px 5%',
  '0% 0% 100% 100%',
  'white',
  'f008',
  'full',
  'dress',
  '16',
];

const text = fc.oneof(fc.constantFrom(...ANSWERS), fc.string({ maxLength: 40 }));
const name = fc.oneof(fc.constantFrom(...OPTIONS), fc.string({ maxLength: 10 }));
const record = fc.oneof(fc.constant({}), fc.dictionary(name, text, { maxKeys: 5 }));
const path = fc.oneof(fc.constantFrom('/v1/cutouts', '/v1.0/removebg'), fc.constantFrom(...PATHS), fc.webPath());
const headers = fc.dictionary(
  fc.constantFrom(...HEADERS),
  fc.oneof(fc.constantFrom(...VALUES), fc.stringMatching(/^[ -~]{0,30}$/)),
);

/** Bodies that are what they say: the call comes further than noise would. */
const photo = new Blob(['photo']);
const bodies: fc.Arbitrary<{ body: NonNullable<RequestInit['body']>; type?: string }> = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ body: new Uint8Array(bytes) })),
  fc.jsonValue({ maxDepth: 2 }).map((value) => ({ body: JSON.stringify(value), type: 'application/json' })),
  record.map((fields) => ({
    body: JSON.stringify({ ...fields, photo: 'cGhvdG8=' }),
    type: 'application/json',
  })),
  record.map((fields) => ({
    body: JSON.stringify({ ...fields, image_file_b64: 'cGhvdG8=' }),
    type: 'application/json',
  })),
  fc.tuple(record, fc.constantFrom('photo', 'image_file')).map(([fields, name]) => {
    const body = new FormData();
    for (const field of Object.entries(fields)) body.append(...field);
    body.append(name, photo);
    return { body };
  }),
  record.map((fields) => ({ body: new URLSearchParams({ ...fields, image_file_b64: 'cGhvdG8=' }) })),
);

/** A body that is what the answer's Content-Type says, and the shape that belongs to a refusal. */
async function checkBody(answer: Response, method: string, path: string): Promise<void> {
  const type = answer.headers.get('content-type') ?? '';
  const bytes = await answer.text();
  if (method === 'HEAD' || answer.status === 204) return expect(bytes).toBe('');
  expect(bytes.length).toBeGreaterThan(0);
  const value: unknown = /json/.test(type) ? JSON.parse(bytes) : undefined;
  if (answer.status < 400) return;
  if (path === '/v1.0/removebg') {
    expect(value).toEqual({ errors: [{ title: expect.any(String), code: expect.stringMatching(/^[a-z_]+$/) }] });
  } else {
    expect(type).toBe('application/problem+json');
    expect(value).toMatchObject({ status: answer.status, code: expect.any(String), retryable: answer.status >= 500 });
  }
}

test('any bytes, headers and options on any route are answered, never by a fault of ours', async () => {
  const app = fake();
  const met = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...METHODS, 'POST', 'POST', 'POST'),
      path,
      record,
      headers,
      bodies,
      async (method, path, query, sent, { body, type }) => {
        const url = new URL(`http://localhost${path}?${new URLSearchParams(query)}`);
        const own: Record<string, string> = type === undefined ? {} : { 'content-type': type };
        const init = method === 'GET' || method === 'HEAD' ? { method } : { method, body };
        // Half of the calls keep the type that fits their body, so that not all of them end at the first check.
        const all = Object.keys(sent).length % 2 === 0 ? { ...sent, ...own } : { ...own, ...sent };
        const answer = await app.request(url, { ...init, headers: all });
        expect(answer.status).toBeGreaterThanOrEqual(200);
        expect(answer.status).toBeLessThanOrEqual(503);
        expect(answer.status).not.toBe(500);
        expect(answer.headers.get('access-control-allow-origin')).toBe('*');
        expect(answer.headers.get('x-request-id')).toMatch(/^[\w=-]{1,128}$/);
        await checkBody(answer, method, url.pathname);
        const where = `${url.pathname.startsWith('/v1') ? url.pathname : 'elsewhere'} ${answer.status}`;
        met.set(where, (met.get(where) ?? 0) + 1);
      },
    ),
    { numRuns: 3000 },
  );
  // The noise has to reach the work, or it proves nothing.
  for (const reached of ['/v1/cutouts 200', '/v1.0/removebg 200', '/v1/cutouts 400', '/v1.0/removebg 400']) {
    expect(met.get(reached) ?? 0).toBeGreaterThan(0);
  }
});
