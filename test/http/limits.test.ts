import { setTimeout as sleep } from 'node:timers/promises';
import { limitConcurrency } from '../../lib/http/middleware/limit-concurrency';
import { fake, fakeCutOut, fakeDependencies, listen } from '../helpers/loopback';

const never = new AbortController().signal;
const busy = expect.objectContaining({ code: 'busy' });

/** Work that ends when it is told to. */
function stoppable(name: string, log: string[]) {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const work = async () => {
    log.push(name);
    await ended;
    return name;
  };
  return { work, end };
}

test('no more run than may, the others follow in the order in which they came', async () => {
  const inTurn = limitConcurrency({ atOnce: 2, maxWaiting: 10 });
  const log: string[] = [];
  const jobs = ['a', 'b', 'c', 'd'].map((name) => stoppable(name, log));
  const results = jobs.map(({ work }) => inTurn(never, work));
  await sleep(5);
  expect(log).toEqual(['a', 'b']);
  jobs[1]?.end();
  await results[1];
  await sleep(5);
  expect(log).toEqual(['a', 'b', 'c']);
  for (const { end } of jobs) end();
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
});

test('who finds the queue full is told at once, and work that fails gives its turn on', async () => {
  const inTurn = limitConcurrency({ atOnce: 1, maxWaiting: 1 });
  const log: string[] = [];
  const first = stoppable('first', log);
  const running = inTurn(never, first.work);
  const failing = inTurn(never, () => Promise.reject(new Error('broken')));
  await expect(inTurn(never, async () => 'third')).rejects.toEqual(busy);
  first.end();
  await running;
  await expect(failing).rejects.toThrow('broken');
  expect(await inTurn(never, async () => 'fourth')).toBe('fourth');
});

test('who leaves the queue is never served, and the place is free again', async () => {
  const inTurn = limitConcurrency({ atOnce: 1, maxWaiting: 1 });
  const log: string[] = [];
  const first = stoppable('first', log);
  const running = inTurn(never, first.work);
  const caller = new AbortController();
  const left = inTurn(caller.signal, async () => log.push('left'));
  caller.abort();
  await expect(left).rejects.toEqual(busy);
  await expect(inTurn(caller.signal, async () => log.push('late'))).rejects.toEqual(busy);
  const next = inTurn(never, async () => log.push('next'));
  first.end();
  await Promise.all([running, next]);
  expect(log).toEqual(['first', 'next']);
});

const post = { method: 'POST', body: 'photo' };
const limits = { ...fakeDependencies.limits, maxWaiting: 1 };

test('over HTTP: one is cut, one waits, the third is refused with 503 busy and Retry-After', async () => {
  const first = stoppable('first', []);
  const app = fake({ limits, cutOut: (...call) => first.work().then(() => fakeCutOut(...call)) });
  const answers = [app.request('/v1/cutouts', post), app.request('/v1/cutouts', post)];
  await sleep(20);
  const refused = await app.request('/v1/cutouts', post);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await refused.json()).toMatchObject({ code: 'busy', retryable: true, facts: { maxWaiting: 1 } });
  first.end();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
});

test('the wait counts: whose time is over before the turn is told busy, who is being cut out-of-time', async () => {
  const app = fake({ limits: { ...limits, maxSeconds: 0.05 }, cutOut: () => new Promise(() => undefined) });
  const answers = await Promise.all([app.request('/v1/cutouts', post), app.request('/v1/cutouts', post)]);
  const codes = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { code: string }).code));
  expect(codes).toEqual(['out-of-time', 'busy']);
});

test('a caller who hangs up while waiting is dropped, and nothing is cut for nobody', async () => {
  const first = stoppable('first', []);
  const cut: number[] = [];
  const app = fake({
    limits,
    cutOut: async (...call) => {
      cut.push(call[0].length);
      await first.work();
      return fakeCutOut(...call);
    },
  });
  const local = await listen(app);
  try {
    const running = fetch(`${local.url}/v1/cutouts`, { method: 'POST', body: '1' });
    while (cut.length === 0) await sleep(2);
    const caller = new AbortController();
    const waiting = fetch(`${local.url}/v1/cutouts`, { method: 'POST', body: '22', signal: caller.signal });
    await sleep(50);
    caller.abort();
    await expect(waiting).rejects.toThrow();
    await sleep(50);
    const next = fetch(`${local.url}/v1/cutouts`, { method: 'POST', body: '333' });
    await sleep(20);
    first.end();
    expect([(await running).status, (await next).status]).toEqual([200, 200]);
    expect(cut).toEqual([1, 3]);
  } finally {
    await local.close();
  }
});

test('calls that are still sending have a bound too, and who finds it reached is not read', async () => {
  const app = fake({ limits: { ...limits, maxCalls: 3 } });
  const senders: ReadableStreamDefaultController[] = [];
  const send = () => {
    const body = new ReadableStream({ start: (sender) => void senders.push(sender) });
    return app.request('/v1/cutouts', { method: 'POST', body, duplex: 'half' } as RequestInit);
  };
  const answers = [send(), send(), send()];
  await sleep(20);
  const refused = await send();
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ code: 'busy' });
  for (const sender of senders.slice(0, 3)) {
    sender.enqueue(Buffer.from('photo'));
    sender.close();
    await sleep(20);
  }
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200]);
  expect((await app.request('/v1/cutouts', post)).status).toBe(200);
});

test('a call that fails leaves its place, too', async () => {
  const app = fake({ limits: { ...limits, maxCalls: 1 }, cutOut: () => Promise.reject(new Error('broken')) });
  for (let call = 0; call < 3; call++) expect((await app.request('/v1/cutouts', post)).status).toBe(500);
});
