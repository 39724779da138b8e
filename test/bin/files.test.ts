import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withTemporaryFile, writeWhole } from '../../bin/files';

let here: string;
beforeEach(async () => {
  here = await mkdtemp(join(tmpdir(), 'dresscut-'));
});
afterEach(() => rm(here, { recursive: true, force: true }));

test('a file in writing is not there yet, and the earlier one still is', async () => {
  const path = join(here, 'result.txt');
  await writeFile(path, 'earlier');
  async function* content() {
    yield 'first half, ';
    expect(await readFile(path, 'utf8')).toBe('earlier');
    const [part] = (await readdir(here)).filter((name) => name.endsWith('.part'));
    expect(part).toMatch(/^\.[0-9a-f]{24}\.part$/);
    yield 'second half';
  }
  await writeWhole(path, content());
  expect(await readFile(path, 'utf8')).toBe('first half, second half');
  expect(await readdir(here)).toEqual(['result.txt']);
});

test('a write that fails half-way leaves the earlier file and nothing else', async () => {
  const path = join(here, 'result.txt');
  await writeFile(path, 'earlier');
  async function* content() {
    yield 'half';
    throw new Error('the disk is full');
  }
  await expect(writeWhole(path, content())).rejects.toThrow('the disk is full');
  expect(await readFile(path, 'utf8')).toBe('earlier');
  expect(await readdir(here)).toEqual(['result.txt']);
});

test('writers of one file at the same time leave one of them whole', async () => {
  const path = join(here, 'deep', 'result.bin');
  const versions = [1, 2, 3, 4].map((value) => Buffer.alloc(300_000, value));
  await Promise.all(versions.map((bytes) => writeWhole(path, bytes)));
  const left = await readFile(path);
  expect(versions.some((bytes) => bytes.equals(left))).toBe(true);
  expect(await readdir(join(here, 'deep'))).toEqual(['result.bin']);
});

test('a temporary file is gone after its work, done or thrown', async () => {
  const path = join(here, 'page.html');
  expect(await withTemporaryFile(path, async (file) => (await file.write('rows')).bytesWritten)).toBe(4);
  await expect(withTemporaryFile(path, () => Promise.reject(new Error('stopped')))).rejects.toThrow('stopped');
  expect(await readdir(here)).toEqual([]);
});
