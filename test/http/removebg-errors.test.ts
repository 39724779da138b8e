import { createHash } from 'node:crypto';
import { DresscutError } from '../../lib/errors';
import { FINDINGS, FOUND, fake, fakeDependencies, type Parts } from '../helpers/loopback';

const KEY = 'correct horse';
const keys = [createHash('sha256').update(KEY).digest('hex')];
const post = (body: RequestInit['body'], headers: Record<string, string> = {}) => ({ method: 'POST', body, headers });
const json = (value: unknown) => post(JSON.stringify(value), { 'content-type': 'application/json' });
const file = new Blob(['photo']);
function form(...fields: readonly (readonly [string, string | Blob])[]) {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  return post(body);
}
const whole = form(['image_file', file]);
const failing = (error: unknown): Parts => ({ find: () => Promise.reject(error) });
const nothing = { ...FOUND, findings: { ...FINDINGS, verdict: 'no_dress' as const, box: null }, matte: null };

type Case = [name: string, status: number, code: string, init: RequestInit, parts?: Parts];
const cases: Case[] = [
  ['no photo in a form', 400, 'missing_source', form(['size', 'full'])],
  ['no photo in JSON', 400, 'missing_source', json({ size: 'full' })],
  ['a text where the file belongs', 400, 'missing_source', form(['image_file', 'text'])],
  ['a raw body', 400, 'missing_source', post('photo', { 'content-type': 'image/jpeg' })],
  ['the body that curl --data-binary sends', 400, 'missing_source', post(new URLSearchParams('a&b&&='))],
  ['an empty file', 400, 'missing_source', form(['image_file', new Blob([])])],
  ['two photos', 400, 'invalid_parameter', form(['image_file', file], ['image_file_b64', 'cGhvdG8='])],
  ['two files', 400, 'invalid_parameter', form(['image_file', file], ['image_file', file])],
  ['a number as base64', 400, 'invalid_parameter', json({ image_file_b64: 12 })],
  ['no base64', 400, 'invalid_parameter', json({ image_file_b64: '!' })],
  ['no JSON', 400, 'invalid_parameter', post('{', { 'content-type': 'application/json' })],
  ['an address', 400, 'invalid_parameter', json({ image_url: 'https://example.com/a.jpg' })],
  ['a background photo', 400, 'invalid_parameter', form(['image_file', file], ['bg_image_file', file])],
  ['a parameter twice', 400, 'invalid_parameter', form(['image_file', file], ['size', 'hd'], ['size', 'hd'])],
  ['an unknown parameter', 400, 'invalid_parameter', form(['image_file', file], ['colour', 'red'])],
  ['no key', 403, 'auth_failed', whole, { keys }],
  ['a wrong key', 403, 'auth_failed', { ...whole, headers: { 'x-api-key': `${KEY}s` } }, { keys }],
  ['a photo too large', 400, 'file_too_large', whole, { limits: { ...fakeDependencies.limits, maxBytes: 4 } }],
  ['an answer too large', 400, 'file_too_large', whole, { limits: { ...fakeDependencies.limits, maxAnswerBytes: 4 } }],
  ['too many pixels', 400, 'file_too_large', whole, failing(new DresscutError('too-many-pixels', 'It is 9 MP.'))],
  ['no image', 400, 'invalid_parameter', whole, failing(new DresscutError('unsupported-format', 'It is a PDF.'))],
  ['no dress', 400, 'unknown_foreground', whole, { find: async () => nothing }],
  ['too many calls', 429, 'rate_limit_exceeded', whole, failing(new DresscutError('busy', 'secret'))],
  ['too little time', 503, 'internal_error', whole, failing(new DresscutError('out-of-time', 'secret'))],
  ['a fault of ours', 500, 'internal_error', whole, failing(new Error('secret'))],
  ['another method', 405, 'invalid_parameter', {}],
];

test.each(cases.map((row) => [row[0], row] as const))("%s is an error in remove.bg's shape", async (_, row) => {
  const [, status, code, init, parts] = row;
  const answer = await fake(parts).request('/v1.0/removebg', init);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  expect(answer.headers.get('access-control-expose-headers')).toContain('X-Foreground-Top');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.has('retry-after')).toBe(status === 429 || status === 503);
  const { errors } = (await answer.json()) as { errors: { title: string; code: string }[] };
  expect(errors).toEqual([{ title: expect.stringMatching(/^[A-Za-z].{10,}/), code }]);
  expect(JSON.stringify(errors)).not.toContain('secret');
});
