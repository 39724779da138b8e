import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen as serve } from '../../bin/listen';
import { fake, fakeCutOut, fakeDependencies, type Loopback, listen } from '../helpers/loopback';

// Senders that stall, trickle, hang up or never read their answer: whatever they do, they leave nothing behind.
const { limits } = fakeDependencies;
let local: Loopback;
afterEach(() => local?.close());

/** Raw bytes of a request; what comes back, up to the end of the connection. */
function send(head: string, ...lines: readonly string[]): Socket {
  const socket = connect(Number(new URL(local.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write([head, 'Host: x', ...lines, '', ''].join('\r\n'));
  return socket;
}
const upload = (length: number, path = '/v1/cutouts') =>
  send(`POST ${path} HTTP/1.1`, 'Content-Type: image/jpeg', `Content-Length: ${length}`);
/** A busy machine takes its time: nothing here depends on how much. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error('it never held');
}
const answers = (status: number) => async () => (await cut()).status === status;
const cut = () => fetch(`${local.url}/v1/cutouts`, { method: 'POST', body: 'photo' });

test.each([
  ['silent after four bytes', { maxSeconds: 25, stalledSeconds: 3 }, 0],
  ['sending a byte now and then', { maxSeconds: 3, stalledSeconds: 25 }, 100],
])('33 senders %s are told so and cut off, and the next call is answered', async (_, times, pause) => {
  local = await listen(fake({ limits: { ...limits, ...times, maxCalls: 33 } }));
  const sockets = Array.from({ length: 33 }, () => upload(1_000_000));
  const timers = sockets.map((socket) => {
    socket.write('xxxx');
    return pause > 0 ? setInterval(() => socket.write('x'), pause) : undefined;
  });
  const heard = sockets.map((socket) => text(socket).catch(() => ''));
  await until(answers(503));
  const told = await Promise.all(heard);
  for (const timer of timers) clearInterval(timer);
  // Whoever sends on after the answer may find the line reset before it has read it.
  const whole = told.filter((answer) => answer !== '');
  expect(whole.length).toBeGreaterThan(pause > 0 ? 0 : 32);
  for (const answer of whole) expect(answer).toMatch(/^HTTP\/1.1 503 [\s\S]*"code":"out-of-time"/);
  expect((await cut()).status).toBe(200);
  expect((await fetch(`${local.url}/v1/ready`)).status).toBe(200);
});

test('senders that hang up give back what they announced', async () => {
  local = await listen(fake({ limits: { ...limits, maxHeldBytes: 25_000_000 } }));
  for (let round = 0; round < 3; round++) {
    const socket = upload(25_000_000);
    socket.write('xxxx');
    await until(answers(503));
    socket.destroy();
    await until(answers(200));
  }
});

test('a body that announces nothing is counted as it comes, and refused when there is no room for more', async () => {
  local = await listen(fake({ limits: { ...limits, maxHeldBytes: 1_000_000 } }));
  const chunk = new Uint8Array(300_000);
  const body = new ReadableStream({
    pull: (sender) => sender.enqueue(chunk),
  });
  const answer = await fetch(`${local.url}/v1/cutouts`, { method: 'POST', body, duplex: 'half' } as RequestInit).catch(
    (error: unknown) => error,
  );
  // Whoever goes on sending may find the line cut before it reads the answer.
  if (answer instanceof Response) expect(answer.status).toBe(503);
  await until(answers(200));
});

test('more calls than there is memory for: as many as fit are answered, the others are busy at once', async () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  local = await listen(
    fake({
      limits: { ...limits, maxWaiting: 40, maxHeldBytes: 4_000_000 },
      cutOut: (...call) => opened.then(() => fakeCutOut(...call)),
    }),
  );
  let busy = 0;
  const body = new Uint8Array(1_000_000);
  const calls = Array.from({ length: 8 }, async () => {
    const { status } = await fetch(`${local.url}/v1/cutouts`, { method: 'POST', body });
    if (status === 503) busy++;
    return status;
  });
  await until(() => busy === 4);
  open();
  expect((await Promise.all(calls)).sort()).toEqual([200, 200, 200, 200, 503, 503, 503, 503]);
  await until(answers(200));
});

test('an answer that nobody takes counts until it is gone, and so does the place', async () => {
  const large = new Uint8Array(30_000_000);
  local = await listen(
    fake({
      limits: { ...limits, maxHeldBytes: 40_000_000 },
      cutOut: async (...call) => {
        const result = await fakeCutOut(...call);
        return call[0].length === 7 && result.image !== null
          ? { ...result, image: { ...result.image, bytes: large } }
          : result;
      },
    }),
  );
  const reader = upload(7);
  reader.pause();
  reader.write('large!!');
  const other = (status: number) => async () => {
    const answer = await fetch(`${local.url}/v1/cutouts`, { method: 'POST', body: new Uint8Array(15_000_000) });
    return answer.status === status;
  };
  await until(other(503));
  reader.destroy();
  await until(other(200));
});

test('a service that can take no more calls is alive and not ready, until it can', async () => {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const app = fake({
    limits: { ...limits, maxSeconds: 0.3 },
    cutOut: (...call) => ended.then(() => fakeCutOut(...call)),
  });
  local = await listen(app);
  const ready = async () => (await fetch(`${local.url}/v1/ready`)).status;
  expect((await cut()).status).toBe(503);
  expect(await ready()).toBe(503);
  expect((await fetch(`${local.url}/v1/health`)).status).toBe(200);
  end();
  await until(async () => (await ready()) === 200);
});

describe('the local server', () => {
  const lingering = { time: 500, silence: 300 };
  const timeouts = { head: 200, request: 400, silence: 600, answer: 800, idle: 5000, lingering };
  const large = new Uint8Array(50_000_000);

  async function start(): Promise<void> {
    const app = (request: Request) => new Response(request.url.endsWith('/large') ? large : 'small');
    local = await serve(app, '127.0.0.1', 0, timeouts);
  }

  test.each([
    ['says nothing', () => connect(Number(new URL(local.url).port), '127.0.0.1')],
    ['never ends its head', () => send('GET / HTTP/1.1').resume()],
    ['never reads its answer', () => send('GET /large HTTP/1.1').pause()],
  ])('cuts off who %s', async (_, open) => {
    await start();
    const socket = open();
    socket.on('error', () => undefined);
    await sleep(3000);
    // A paused socket learns of the end when it reads on.
    socket.resume();
    if (!socket.destroyed) await once(socket, 'close');
    expect(socket.bytesRead).toBeLessThan(large.length);
  });

  test('takes up a hundred calls that lie on one line, and refuses the rest without looking', async () => {
    let calls = 0;
    local = await serve(() => new Response(`call ${++calls}`), '127.0.0.1', 0, timeouts);
    const socket = connect(Number(new URL(local.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    let said = '';
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1');
    });
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1000));
    if (!socket.destroyed) await once(socket, 'close');
    expect(said.match(/HTTP\/1\.1 200/g)).toHaveLength(100);
    expect(calls).toBe(100);
  });
});
