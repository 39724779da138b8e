import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startModule } from '../../lib/processes/start';

// Works in as many threads as a photo does, and more, and tells in how many parts of memory their leavings lie.
const MODULE = `
process.env.UV_THREADPOOL_SIZE = '16';
const deflate = require('node:util').promisify(require('node:zlib').deflate);
Promise.all(Array.from({ length: 16 }, () => deflate(Buffer.alloc(1_000_000)))).then(() => {
  const maps = require('node:fs').readFileSync('/proc/self/maps', 'utf8');
  // glibc puts the arena of a thread at a multiple of 64 MB.
  console.log(maps.match(/^[0-9a-f]+[048c]000000-[0-9a-f]+ rw-p 00000000 00:00 0/gm)?.length ?? 0);
});`;

// Holds a picture's memory, and tells whether the system was asked for large pages (`hg`) there, and in which mode it is.
const LARGE = `
const { existsSync, readFileSync } = require('node:fs');
const pixels = new Uint8Array(40_000_000).fill(1);
const asked = readFileSync('/proc/self/smaps', 'latin1').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m).some(
  (part) => Number(/^Rss: +(\\d+)/m.exec(part)?.[1]) > 39_000 && /^VmFlags:.* hg/m.test(part),
);
const file = '/sys/kernel/mm/transparent_hugepage/enabled';
const mode = existsSync(file) ? readFileSync(file, 'latin1') : '';
console.log(JSON.stringify({ asked, mode, glibc: process.report.getReport().header.glibcVersionRuntime, pixels: pixels.length }));`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dresscut-start-'));
  await writeFile(join(folder, 'module.ts'), MODULE);
  await writeFile(join(folder, 'large.ts'), LARGE);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('what threads leave behind does not lie in an arena for each of them', async () => {
  const child = startModule(join(folder, 'module'), [], ['ignore', 'pipe', 'inherit']);
  const [said] = await Promise.all([text(child.stdout!), once(child, 'exit')]);
  // With an arena each they are 14 to 17; V8's own pages may begin there by chance.
  expect(Number(said)).toBeLessThanOrEqual(6);
});

onLinux('pictures lie in large pages, where the system grants them to those who ask', async () => {
  const child = startModule(join(folder, 'large'), [], ['ignore', 'pipe', 'inherit']);
  const [said] = await Promise.all([text(child.stdout!), once(child, 'exit')]);
  const { asked, mode, glibc = '' } = JSON.parse(said) as { asked: boolean; mode: string; glibc?: string };
  const [major = 0, minor = 0] = glibc.split('.').map(Number);
  expect(asked).toBe(mode.includes('[madvise]') && (major > 2 || minor >= 35));
});
