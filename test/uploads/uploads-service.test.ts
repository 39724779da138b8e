import { createUploads } from '../../lib/app';
import { loadConfig } from '../../lib/config';

const env = { DRESSCUT_UPLOADS_BUCKET: 'in', DRESSCUT_CUTOUTS_BUCKET: 'out' };
const withOptions = (text: string) => () => createUploads(loadConfig({ ...env, DRESSCUT_OPTIONS: text }));

test.each([
  ['formt=webp', /^DRESSCUT_OPTIONS: Unknown option "formt"/],
  ['crop=perhaps', /^DRESSCUT_OPTIONS: Expected crop to be true or false/],
  ['masks=perhaps', /^DRESSCUT_OPTIONS: Expected masks to be/],
  ['format=jpeg&background=transparent', /^DRESSCUT_OPTIONS: JPEG has no transparency/],
])('defaults with which nothing can be cut stop the service, not each upload: %s', (text, complaint) => {
  expect(withOptions(text)).toThrow(complaint);
});

test.each(['', 'format=webp&crop=true&masks=true', 'format=jpeg'])(
  'defaults that an upload can live with: "%s"',
  (text) => {
    expect(withOptions(text)).not.toThrow();
  },
);

test('both buckets are needed', () => {
  expect(() => createUploads(loadConfig({ DRESSCUT_UPLOADS_BUCKET: 'in' }))).toThrow(
    'DRESSCUT_CUTOUTS_BUCKET must name a bucket',
  );
});
