import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen as serve } from '../../bin/listen';
import { fake, type Loopback } from '../helpers/loopback';

// Who is refused before all is sent reads why, however slowly it sends, and holds its line for no longer than that.
let local: Loopback;
afterEach(() => local?.close());

interface Heard {
  answer: string;
  /** Of the line; an answer that comes before a reset may be lost to its reader. */
  error: string | null;
}

/** Announces a photo larger than any that is read. */
function announce(heard: Heard, ...lines: readonly string[]): Socket {
  const socket = connect(Number(new URL(local.url).port), '127.0.0.1');
  socket.on('error', (error: NodeJS.ErrnoException) => {
    heard.error = error.code ?? error.message;
  });
  const head = [
    'POST /v1/cutouts HTTP/1.1',
    'Host: x',
    'Content-Type: image/jpeg',
    'Content-Length: 30000000',
    ...lines,
  ];
  socket.write([...head, '', ''].join('\r\n'));
  return socket;
}

test.each([[['Connection: close']], [[]]])(
  '30 MB sent over 3 s with %j: the answer is read after all of it',
  async (lines) => {
    local = await serve(fake({}).fetch, '127.0.0.1', 0);
    const heard: Heard = { answer: '', error: null };
    const socket = announce(heard, ...lines);
    const part = new Uint8Array(1_000_000);
    for (let sent = 0; sent < 30; sent++) {
      await new Promise((written) => socket.write(part, written));
      await sleep(100);
    }
    // It looks at nothing before it has sent all, as many clients do.
    socket.on('data', (chunk: Buffer) => {
      heard.answer += chunk.toString('latin1');
    });
    for (let tries = 0; tries < 100 && !heard.answer.includes('"code"'); tries++) await sleep(20);
    socket.destroy();
    expect(heard.error).toBeNull();
    expect(heard.answer).toMatch(/^HTTP\/1.1 413 [\s\S]*"code":"too-large"/);
  },
);

test.each([
  ['goes silent', 0],
  ['sends a byte now and then', 50],
])('a line is cut whose sender %s after it was refused', async (_, pause) => {
  const timeouts = { head: 5000, request: 60_000, silence: 60_000, answer: 60_000, idle: 60_000 };
  const app = () => new Response('{"code":"too-large"}', { status: 413 });
  local = await serve(app, '127.0.0.1', 0, { ...timeouts, lingering: { time: 1500, silence: 400 } });
  const heard: Heard = { answer: '', error: null };
  const socket = announce(heard);
  socket.resume();
  const timer = pause > 0 ? setInterval(() => socket.write('x'), pause) : undefined;
  const start = performance.now();
  await new Promise((closed) => socket.once('close', closed));
  clearInterval(timer);
  expect(performance.now() - start).toBeGreaterThan(pause > 0 ? 1000 : 300);
});

test('HTTP/1.0 may leave its host out', async () => {
  local = await serve(fake({}).fetch, '127.0.0.1', 0);
  const socket = connect(Number(new URL(local.url).port), '127.0.0.1');
  socket.write('GET /v1/health HTTP/1.0\r\n\r\n');
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString('latin1')).toMatch(/^HTTP\/1\.1 200 /);
});
