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

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dresscut-start-'));
  await writeFile(join(folder, 'module.ts'), MODULE);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('what threads leave behind does not lie in an arena for each of them', async () => {
  const child = startModule(join(folder, 'module'), [], ['ignore', 'pipe', 'inherit']);
  const [said] = await Promise.all([text(child.stdout!), once(child, 'exit')]);
  expect(Number(said)).toBeLessThanOrEqual(2);
});
