import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Catalogue } from '../../lib/catalogue/catalogue';
import { embeddedCatalogue } from '../../lib/catalogue/embedded';
import type { Find } from '../../lib/find';
import { dressOf, embeddingOf } from '../helpers/dresses';
import { FINDINGS, FOUND, fake } from '../helpers/loopback';

// A real catalogue in a file; in the network's place stands one that takes a "photo" for a colour.
const { traits } = dressOf('x');
const vectors: Readonly<Record<string, readonly number[]>> = { red: [1, 0, 0], rose: [1, 0.2, 0], blue: [0, 0, 1] };
const find: Find = async (bytes) => {
  const vector = vectors[Buffer.from(bytes).toString()];
  if (vector === undefined) return { ...FOUND, matte: null, findings: { ...FINDINGS, verdict: 'no_dress', box: null } };
  return { ...FOUND, findings: { ...FINDINGS, description: { ...traits, embedding: embeddingOf(...vector) } } };
};

let folder: string;
let catalogue: Catalogue;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dresscut-http-catalogue-'));
  catalogue = embeddedCatalogue(join(folder, 'shop.db'));
});
afterEach(async () => {
  await catalogue.close();
  await rm(folder, { recursive: true });
});

const call = (path: string, method = 'GET', body?: string | FormData, headers: Record<string, string> = {}) =>
  fake({ find, catalogue }).request(`/v1/catalogues${path}`, { method, headers, ...(body !== undefined && { body }) });
const json = { 'content-type': 'application/json' };

test('what is put as a photo is found by another, with its metadata, the best first', async () => {
  const put = await call(`/shop/dresses/a%2F1?metadata=${encodeURIComponent('{"price":49}')}`, 'PUT', 'red');
  expect([put.status, put.headers.get('location')]).toEqual([201, '/v1/catalogues/shop/dresses/a%2F1']);
  expect(await put.json()).toMatchObject({ id: 'a/1', stored: true, description: traits, metadata: { price: 49 } });
  await call('/shop/dresses/b', 'PUT', 'blue');
  const answer = await call('/shop/similar?limit=2', 'POST', 'rose');
  const { description, matches } = (await answer.json()) as { description: unknown; matches: { score: number }[] };
  expect(description).toEqual(traits);
  expect(matches).toMatchObject([{ id: 'a/1', metadata: { price: 49 } }, { id: 'b' }]);
  expect(matches[0]?.score).toBeGreaterThan(0.95);
  expect(await (await call('')).json()).toMatchObject({ catalogues: [{ name: 'shop' }] });
});

test('an id with a slash is one dress, however the slash is written', async () => {
  await call('/shop/dresses/a%2Fb c', 'PUT', 'red');
  expect(await (await call('/shop/dresses/a/b%20c')).json()).toMatchObject({ id: 'a/b c' });
});

test('a form and JSON carry the photo, too, and an embedding stands for one', async () => {
  const form = new FormData();
  form.set('photo', new Blob(['red']), 'dress.jpg');
  form.set('metadata', '{"rack": "b"}');
  expect(await (await call('/shop/dresses/form', 'PUT', form)).json()).toMatchObject({ metadata: { rack: 'b' } });
  const photo = Buffer.from('rose').toString('base64');
  const inJson = await call('/shop/dresses/json', 'PUT', JSON.stringify({ photo, metadata: { sale: true } }), json);
  expect([inJson.status, await inJson.json()]).toMatchObject([201, { metadata: { sale: true } }]);
  const embedding = embeddingOf(1, 0, 0);
  const known = JSON.stringify({ embedding, description: traits });
  expect((await call('/shop/dresses/known', 'PUT', known, json)).status).toBe(201);
  const answer = await call('/shop/similar', 'POST', JSON.stringify({ embedding, metadata: { sale: true } }), json);
  expect(await answer.json()).toMatchObject({ description: null, matches: [{ id: 'json' }] });
});

test('DELETE takes a dress out, and a whole catalogue', async () => {
  await call('/shop/dresses/a', 'PUT', 'red');
  expect((await call('/shop/dresses/a', 'DELETE')).status).toBe(204);
  expect((await call('/shop/dresses/a', 'DELETE')).status).toBe(404);
  expect((await call('/shop/dresses/a')).status).toBe(404);
  expect((await call('/shop', 'DELETE')).status).toBe(204);
  expect((await call('/shop', 'DELETE')).status).toBe(404);
  expect((await call('/shop/similar', 'POST', 'red')).status).toBe(404);
});

test.each<[string, string, string, string | undefined, Record<string, string>, number, string]>([
  ['a photo without a dress', '/shop/dresses/a', 'PUT', 'street', {}, 422, 'no-dress'],
  ['no photo', '/shop/dresses/a', 'PUT', '', {}, 400, 'no-photo'],
  ['a name with a capital', '/Shop/dresses/a', 'PUT', 'red', {}, 400, 'invalid-option'],
  ['metadata that is no JSON', '/shop/dresses/a?metadata=x', 'PUT', 'red', {}, 400, 'invalid-option'],
  ['an option that does not belong here', '/shop/dresses/a?crop=true', 'PUT', 'red', {}, 400, 'invalid-option'],
  ['a colour that nobody knows', '/shop/similar?colour=mauve', 'POST', 'red', {}, 400, 'invalid-option'],
  ['too many', '/shop/similar?limit=101', 'POST', 'red', {}, 400, 'invalid-option'],
  ['an embedding without numbers', '/shop/similar', 'POST', '{"embedding":{}}', json, 400, 'invalid-option'],
  ['both', '/shop/similar', 'POST', '{"embedding":{},"photo":""}', json, 400, 'malformed-body'],
  [
    'no description',
    '/shop/dresses/a',
    'PUT',
    JSON.stringify({ embedding: embeddingOf(1) }),
    json,
    400,
    'invalid-option',
  ],
])('%s is refused by name', async (_, path, method, body, headers, status, code) => {
  await call('/shop/dresses/z', 'PUT', 'red');
  const answer = await call(path, method, body, headers);
  expect([answer.status, await answer.json()]).toMatchObject([status, { code }]);
});

test('an embedding of another version is refused, and both versions are told', async () => {
  await call('/shop/dresses/a', 'PUT', 'red');
  const embedding = { ...embeddingOf(1, 0, 0), version: 'other-1-r1' };
  const answer = await call('/shop/similar', 'POST', JSON.stringify({ embedding }), json);
  expect([answer.status, await answer.json()]).toMatchObject([409, { facts: { received: 'other-1-r1' } }]);
});

test('a key limited to reading searches, and changes nothing', async () => {
  const hash = (key: string) => createHash('sha256').update(key).digest('hex');
  const app = fake({ find, catalogue, keys: [hash('all'), `read:${hash('some')}`] });
  const ask = async (key: string, path: string, method: string) => {
    const init = { method, headers: { 'x-api-key': key }, ...(method === 'DELETE' ? {} : { body: 'red' }) };
    return (await app.request(`/v1/catalogues${path}`, init)).status;
  };
  expect(await ask('some', '/shop/dresses/a', 'PUT')).toBe(403);
  expect(await ask('all', '/shop/dresses/a', 'PUT')).toBe(201);
  expect(await ask('some', '/shop/similar', 'POST')).toBe(200);
  expect(await ask('some', '/shop/dresses/a', 'DELETE')).toBe(403);
  expect(await ask('some', '/shop', 'DELETE')).toBe(403);
  expect(await ask('none', '/shop/similar', 'POST')).toBe(403);
  expect(await ask('', '/shop/similar', 'POST')).toBe(401);
});

test('without a catalogue every address says so', async () => {
  const answer = await fake({ find }).request('/v1/catalogues/shop/similar', { method: 'POST', body: 'red' });
  expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'catalogues-off' }]);
});
