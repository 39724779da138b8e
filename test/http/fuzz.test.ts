import fc from 'fast-check';
import { DEFAULTS } from '../../lib/options';
import { fake } from './loopback';

const name = fc.constantFrom(
  'accept',
  'content-type',
  'x-request-id',
  'if-none-match',
  'content-encoding',
  'content-length',
);
const value = fc.oneof(
  fc.constantFrom('application/json', 'multipart/form-data; boundary=x', 'image/*;q=0.1', 'image/svg+xml', '0', '*'),
  fc.stringMatching(/^[ -~]{0,30}$/),
);
const query = fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(DEFAULTS), '__proto__'), fc.string()), fc.string());

test('any bytes, headers and options are answered, never by a fault of ours', async () => {
  const app = fake();
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.dictionary(name, value),
      query,
      async (bytes, headers, asked) => {
        const url = `/v1/cutouts?${new URLSearchParams(asked)}`;
        const answer = await app.request(url, { method: 'POST', body: new Uint8Array(bytes), headers });
        expect(answer.status === 200 || (answer.status >= 400 && answer.status < 500)).toBe(true);
        if (answer.status !== 200)
          expect(await answer.json()).toMatchObject({ status: answer.status, retryable: false });
      },
    ),
    { numRuns: 500 },
  );
});
