import { MEDIA_TYPES, negotiate } from '../../lib/http/negotiate';

test.each([
  [undefined, 'image/png'],
  ['', 'image/png'],
  ['*/*', 'image/png'],
  ['image/*', 'image/png'],
  ['image/webp', 'image/webp'],
  ['IMAGE/WebP;q=1.0', 'image/webp'],
  ['application/json, text/plain, */*', 'application/json'],
  ['image/png;q=0.5, image/webp', 'image/webp'],
  ['image/jpeg, image/webp', 'image/jpeg'],
  ['image/png;q=0, */*', 'image/webp'],
  ['image/*;q=0.9, application/json;q=0.8', 'image/png'],
  ['text/html, image/svg+xml;q=0.1', 'image/svg+xml'],
])('Accept %j is answered with %s', (accept, expected) => {
  expect(negotiate(accept, MEDIA_TYPES)).toBe(expected);
});

test.each(['text/html', '*/*;q=0', 'image/png;q=nonsense', 'image/avif', ','])('Accept %j is refused', (accept) => {
  expect(() => negotiate(accept, MEDIA_TYPES)).toThrow(expect.objectContaining({ code: 'not-acceptable' }));
});
