import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { type Consumer, createLocalQueue } from '../../bin/local-queue';
import { type LocalS3, startLocalS3 } from '../../bin/local-s3';
import { type RemoteUploads, remoteUploads } from '../../bin/remote-uploads';
import { configUnderTest } from '../helpers/config-under-test';
import { workerPids } from '../helpers/worker-pids';

// A process loads the network: seconds on a machine with other things to do.
jest.setTimeout(120_000);

let folder: string;
let s3: LocalS3;
let uploads: RemoteUploads;
let said: string[];
/** Messages that have been handed to the process. */
let asked = 0;
const dead: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dresscut-uploads-'));
  const buckets = { uploadsBucket: 'photos', cutoutsBucket: 'cuts' };
  const queue: { send?: (body: string) => void } = {};
  s3 = await startLocalS3(0, folder, Object.values(buckets), (event) => {
    if (event.Records[0]?.s3.bucket.name === buckets.uploadsBucket) queue.send?.(JSON.stringify(event));
  });
  const config = { ...configUnderTest(), ...buckets, s3Endpoint: s3.url };
  uploads = remoteUploads(config, (line) => said.push(line));
  const consume: Consumer = (event) => {
    const answer = uploads.consume(event);
    asked += 1;
    return answer;
  };
  queue.send = createLocalQueue(consume, (body) => dead.push(body)).send;
});
beforeEach(() => {
  said = [];
});
afterAll(async () => {
  uploads.close();
  await s3.close();
  await rm(folder, { recursive: true, force: true });
});

const put = async (name: string, body: Uint8Array<ArrayBuffer>) =>
  expect((await fetch(`${s3.url}/photos/uploads/${name}`, { method: 'PUT', body })).status).toBe(200);

/** What is said of an upload in the end. */
async function outcomeOf(name: string): Promise<string> {
  for (;;) {
    const line = said.find((each) => each.startsWith(`uploads/${name}: `));
    if (line !== undefined) return line;
    await sleep(20);
  }
}

const DRESS = readFile(join(__dirname, '../fixtures/dress.jpg'));

test('a photo is cut by another process, and so is one that is none', async () => {
  await put('a.jpg', new Uint8Array(await DRESS));
  expect(await outcomeOf('a.jpg')).toMatch(/: done ok, \d+ ms$/);
  expect((await fetch(`${s3.url}/cuts/cutouts/a.jpg.png`)).status).toBe(200);
  await put('b.jpg', new Uint8Array(Buffer.from('no photo')));
  expect(await outcomeOf('b.jpg')).toMatch(/: failed unsupported-format, \d+ ms$/);
  expect(workerPids(process.pid, 'uploads-main')).toHaveLength(1);
});

test('a process that is killed over a photo is replaced, and the photo comes again', async () => {
  const [pid = 0] = workerPids(process.pid, 'uploads-main');
  // Stopped, it cannot be done before it is killed.
  process.kill(pid, 'SIGSTOP');
  const before = asked;
  await put('c.jpg', new Uint8Array(await DRESS));
  while (asked === before) await sleep(5);
  await setImmediate();
  process.kill(pid, 'SIGKILL');
  expect(await outcomeOf('c.jpg')).toMatch(/: done ok, \d+ ms$/);
  expect(said[0]).toBe('The process that cuts ended with SIGKILL.');
  expect(workerPids(process.pid, 'uploads-main')).not.toContain(pid);
  expect(dead).toEqual([]);
});
