import { acceptable } from '../../lib/http/request/negotiate';
import { fake } from '../helpers/loopback';

test.each([
  [undefined, 'image/png'],
  ['', 'image/png'],
  ['*/*', 'image/png'],
  ['image/*', 'image/png'],
  ['image/webp', 'image/webp'],
  ['IMAGE/WebP;q=1.0', 'image/webp'],
  ['application/json, text/plain, */*', 'application/json'],
  ['application/json; charset=utf-8', 'application/json'],
  ['image/png;q=0.1, application/json;charset="UTF-8";q=0.9;x=y', 'application/json'],
  ['image/png;q=0.5, image/webp', 'image/webp'],
  ['image/jpeg, image/webp', 'image/jpeg'],
  ['image/png;q=0, */*', 'image/webp'],
  ['image/*;q=0.9, application/json;q=0.8', 'image/png'],
  ['text/html, image/svg+xml;q=0.1', 'image/svg+xml'],
])('Accept %j is answered with %s', (accept, expected) => {
  expect(acceptable(accept)[0]).toBe(expected);
});

test.each(['text/html', '*/*;q=0', 'image/png;q=nonsense', 'image/avif', ','])('Accept %j is refused', (accept) => {
  expect(() => acceptable(accept)).toThrow(expect.objectContaining({ code: 'not-acceptable' }));
});

// The second is what Java's HttpURLConnection says when nobody tells it otherwise.
test.each([
  ['', 'image/jpeg, image/png', 'image/png'],
  ['', 'text/html, image/gif, image/jpeg, */*; q=0.2', 'image/png'],
  ['', 'image/jpeg, application/json;q=0.1', 'application/json'],
  ['', 'image/jpeg', 'application/problem+json'],
  ['?background=white', 'image/jpeg, image/png', 'image/jpeg'],
  ['?output=mask', 'image/jpeg, image/png', 'image/jpeg'],
  ['?format=jpeg', 'image/jpeg, image/png', 'application/problem+json'],
])('a call %s with Accept %s is answered with %s: no JPEG of what is transparent', async (query, accept, type) => {
  const answer = await fake().request(`/v1/cutouts${query}`, { method: 'POST', body: 'photo', headers: { accept } });
  expect(answer.headers.get('content-type')).toBe(type);
  expect(answer.status).toBe(type.includes('problem') ? 400 : 200);
});
