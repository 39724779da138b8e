import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@libsql/client';
import { embeddedCatalogue } from '../../lib/catalogue/embedded';
import { dressOf, embeddingOf } from '../helpers/dresses';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dresscut-embedded-'));
});
afterEach(async () => rm(folder, { recursive: true }));

test('a catalogue is one file, which opens again with all that was put', async () => {
  const file = join(folder, 'my shop #1?.db');
  const first = embeddedCatalogue(file);
  await first.put('shop', dressOf('a'));
  await first.close();
  expect(await readdir(folder)).toEqual(['my shop #1?.db']);
  const second = embeddedCatalogue(file);
  expect(await second.get('shop', 'a')).toEqual(dressOf('a'));
  await second.close();
});

test('two processes may have it open at once', async () => {
  const file = join(folder, 'shop.db');
  const [one, other] = [embeddedCatalogue(file), embeddedCatalogue(file)];
  await Promise.all([one.put('shop', dressOf('a')), other.put('shop', dressOf('b'))]);
  const query = { embedding: embeddingOf(1, 0, 0), limit: 10 };
  expect(await one.nearest('shop', query)).toHaveLength(2);
  expect(await other.nearest('shop', query)).toHaveLength(2);
  await one.close();
  await other.close();
});

test('a file that is something else is refused and left as it is', async () => {
  const file = join(folder, 'photo.jpg');
  await writeFile(file, Buffer.alloc(5000, 7));
  await expect(embeddedCatalogue(file).list()).rejects.toMatchObject({
    code: 'catalogue-unavailable',
    message: expect.stringContaining('photo.jpg cannot be used'),
  });
  expect((await readFile(file)).equals(Buffer.alloc(5000, 7))).toBe(true);
});

test('a folder that is missing is told, and once it is there the same catalogue works', async () => {
  const catalogue = embeddedCatalogue(join(folder, 'missing', 'shop.db'));
  await expect(catalogue.list()).rejects.toMatchObject({ code: 'catalogue-unavailable' });
  await mkdir(join(folder, 'missing'));
  expect(await catalogue.list()).toEqual([]);
  await catalogue.close();
});

test('a file of a later version of this program is refused', async () => {
  const file = join(folder, 'shop.db');
  const client = createClient({ url: `file:${file}` });
  await client.execute('pragma user_version = 2');
  client.close();
  await expect(embeddedCatalogue(file).list()).rejects.toThrow(/later version \(2\)/);
});
