import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { createService } from '../../lib/app';
import { jobsHere } from '../../lib/jobs-here';
import { DEFAULTS } from '../../lib/options';
import { SIGNAL_OF_MEMORY } from '../../lib/worker/limits';
import { type RemoteJobs, remoteJobs } from '../../lib/worker/remote-jobs';
import { configUnderTest } from '../helpers/config-under-test';
import { type Loopback, listen } from '../helpers/loopback';
import { workerPids } from '../helpers/worker-pids';

// A worker loads the network: seconds on a machine with other things to do.
jest.setTimeout(120_000);

const DRESS = readFileSync(join(__dirname, '../fixtures/dress.jpg'));
const FIND = { mode: 'default', expect: 'dress' } as const;
const PNG = { mediaType: 'image/png', options: { ...DEFAULTS, expect: 'dress' } } as const;

let jobs: RemoteJobs;
let local: Loopback;
let onCutout: () => void = () => undefined;

beforeAll(async () => {
  const config = configUnderTest();
  jobs = remoteJobs(config, 1);
  const cutout: RemoteJobs['cutout'] = (...asked) => {
    const answer = jobs.cutout(...asked);
    onCutout();
    return answer;
  };
  local = await listen(createService(config, { keys: 'off', maxAnswerBytes: null, jobs: { ...jobs, cutout } }));
});

afterAll(async () => {
  await local.close();
  jobs.close();
});

const cut = (body: Uint8Array<ArrayBuffer> = new Uint8Array(DRESS), signal: AbortSignal | null = null) =>
  fetch(`${local.url}/v1/cutouts?expect=dress`, { method: 'POST', body, signal });

/** The next ordinary call, once it has an answer: a machine with other things to do may need several tries. */
async function next(): Promise<number> {
  for (;;) {
    const { status } = await cut();
    if (status !== 503) return status;
  }
}

/** The worker, once it is there. */
async function worker(): Promise<number> {
  for (;;) {
    await jobs.load();
    const [pid] = workerPids(process.pid);
    if (pid !== undefined) return pid;
  }
}

/** Stopped, it cannot be done with a job before it is killed. */
async function stoppedWorker(): Promise<number> {
  const pid = await worker();
  process.kill(pid, 'SIGSTOP');
  return pid;
}

/** A call whose photo has been sent to the worker. */
async function cutAtWork(): Promise<{ readonly answer: Promise<Response> }> {
  const sent = new Promise<void>((resolve) => {
    onCutout = resolve;
  });
  const answer = cut();
  await sent;
  await setImmediate();
  return { answer };
}

test('an answer is the one that this process would give', async () => {
  const [there, here] = [await jobs.cutout(DRESS, PNG), await jobsHere(configUnderTest()).cutout(DRESS, PNG)];
  expect(Buffer.from(there.body).equals(here.body)).toBe(true);
  const { milliseconds: _, ...findings } = here.findings;
  expect(there).toMatchObject({ findings, bytes: here.bytes });
  expect(await next()).toBe(200);
});

test('errors keep code, facts and message, and strangers their stack', async () => {
  const garbage = jobs.findings(Buffer.from('no photo'), FIND);
  await expect(garbage).rejects.toMatchObject({ code: 'unsupported-format', name: 'DresscutError', final: true });
  const small = await sharp(DRESS).resize(10).png().toBuffer();
  await expect(jobs.findings(small, FIND)).rejects.toMatchObject({ code: 'too-small', facts: { minSide: 64 } });
  const broken = { ...PNG, options: { ...PNG.options, strokes: null as never } };
  const stranger = expect.objectContaining({ stack: expect.stringContaining('lib/find') });
  await expect(jobs.cutout(DRESS, broken)).rejects.toMatchObject({ code: 'internal', cause: stranger });
});

test('this process has its hands free while a photo is cut', async () => {
  const photo = await sharp(DRESS).resize(2000).jpeg().toBuffer();
  await jobs.load();
  const before = performance.eventLoopUtilization();
  await jobs.cutout(photo, PNG);
  // It sends a photo and receives a picture. Cutting by itself, it would be busy for half of the time.
  expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.3);
});

test('health answers, whatever the worker does', async () => {
  const pid = await stoppedWorker();
  const call = cut();
  for (let i = 0; i < 20; i++) {
    expect((await fetch(`${local.url}/v1/health`)).status).toBe(200);
    await sleep(10);
  }
  process.kill(pid, 'SIGCONT');
  expect([200, 503]).toContain((await call).status);
});

test('a photo that comes again within a minute is not decoded again', async () => {
  const photo = await sharp(DRESS).resize(700).png().toBuffer();
  const first = await jobs.findings(photo, FIND);
  const second = await jobs.findings(photo, FIND);
  expect(first.findings.milliseconds).toHaveProperty('decode');
  expect(second.findings.milliseconds).not.toHaveProperty('decode');
});

test('a worker that is killed over a photo: that call is our fault, the next is answered', async () => {
  const pid = await stoppedWorker();
  const call = await cutAtWork();
  process.kill(pid, 'SIGKILL');
  const answer = await call.answer;
  expect(answer.status).toBe(500);
  expect(await answer.json()).toMatchObject({ code: 'internal', retryable: true });
  expect(await next()).toBe(200);
  expect(await worker()).not.toBe(pid);
  while ((await fetch(`${local.url}/v1/ready`)).status !== 200) await sleep(100);
});

test('a worker that takes too much memory says so, which is final', async () => {
  const pid = await stoppedWorker();
  const call = await cutAtWork();
  // As its watchdog does.
  process.kill(pid, SIGNAL_OF_MEMORY);
  process.kill(pid, 'SIGCONT');
  const answer = await call.answer;
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ code: 'too-complex', facts: { maxMegabytes: 2000 } });
  expect(await next()).toBe(200);
});

test('a worker that is killed while it is idle is replaced', async () => {
  const pid = await worker();
  const ends = jobs.restarts();
  process.kill(pid, 'SIGKILL');
  while (jobs.restarts() === ends) await sleep(20);
  expect(await next()).toBe(200);
});

test('a worker that hangs is ended once nobody waits for it, and its place is free', async () => {
  const pid = await stoppedWorker();
  const caller = new AbortController();
  const call = jobs.cutout(DRESS, PNG, caller.signal);
  await setImmediate();
  caller.abort();
  await expect(call).rejects.toMatchObject({ code: 'out-of-time' });
  expect(await next()).toBe(200);
  expect(workerPids(process.pid)).not.toContain(pid);
});

test('more jobs than workers wait for their turn, whoever of them is killed', async () => {
  const pid = await stoppedWorker();
  const all = [1, 2, 3, 4].map(() => jobs.findings(DRESS, FIND));
  await setImmediate();
  process.kill(pid, 'SIGKILL');
  const outcomes = await Promise.allSettled(all);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
});

test('where no network can be loaded, readiness says so, and no worker is started over and over', async () => {
  const config = { ...configUnderTest(), models: __dirname };
  const broken = remoteJobs(config, 1);
  const service = createService(config, { keys: 'off', maxAnswerBytes: null, jobs: broken, log: () => undefined });
  expect((await service.request('/v1/health')).status).toBe(200);
  for (let i = 0; i < 2; i++) expect((await service.request('/v1/ready')).status).toBe(503);
  expect(broken.restarts()).toBe(0);
  broken.close();
  await expect(broken.load()).rejects.toMatchObject({ code: 'internal' });
});

test('a worker ends with the service, whatever it is doing', async () => {
  const script = `
    const { loadConfig } = require('./lib/config');
    const { remoteJobs } = require('./lib/worker/remote-jobs');
    const jobs = remoteJobs(loadConfig(), 1);
    jobs.load().then(() => {
      jobs.findings(require("node:fs").readFileSync("test/fixtures/dress.jpg"), { mode: 'default', expect: 'dress' });
      console.log('at work');
    });`;
  const args = ['--require', 'tsx/cjs', '--eval', script];
  const service: ChildProcess = spawn(process.execPath, args, {
    cwd: join(__dirname, '../..'),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const _ of service.stdout ?? []) break;
  const pids = workerPids(service.pid ?? 0);
  expect(pids).toHaveLength(1);
  service.kill('SIGKILL');
  const lives = () => {
    try {
      return process.kill(pids[0] as number, 0);
    } catch {
      return false;
    }
  };
  while (lives()) await sleep(50);
});
