import { request } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface Sent {
  readonly path: string;
  readonly type: string;
  readonly body: Uint8Array;
  /** POST unless something else is said. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a body whole. @returns the status, or why there is none */
export function post(port: number, { path, type, body, method = 'POST', headers: others = {} }: Sent): Promise<string> {
  return new Promise((done) => {
    const headers = { 'content-type': type, 'content-length': body.length, ...others };
    const call = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => done(String(answer.statusCode)));
      answer.on('error', () => done(`${answer.statusCode}, cut off`));
    });
    call.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    // Who is refused before all of it is sent may be cut off after the answer, when the call hears of nothing any more.
    call.on('socket', (socket) => socket.on('error', () => undefined));
    call.end(body);
  });
}

/** Announces a photo of 1 MB and sends four bytes of it. */
function announce(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const head = ['POST /v1/cutouts HTTP/1.1', 'Host: x', 'Content-Type: image/jpeg', 'Content-Length: 1000000'];
  socket.write([...head, '', 'xxxx'].join('\r\n'));
  return socket;
}

/** What a sender hears until its connection ends. */
function heard(socket: Socket): Promise<string> {
  return new Promise((done) => {
    let status = 'nothing';
    socket.on('data', (chunk: Buffer) => {
      status = /^HTTP\/1\.1 (\d+)/.exec(chunk.toString('latin1'))?.[1] ?? status;
    });
    socket.on('close', () => done(status));
  });
}

export async function stall(port: number, senders: number): Promise<string[]> {
  return Promise.all(Array.from({ length: senders }, () => heard(announce(port))));
}

export async function trickle(port: number, senders: number): Promise<string[]> {
  const sockets = Array.from({ length: senders }, () => announce(port));
  const timer = setInterval(() => {
    for (const socket of sockets) if (!socket.destroyed) socket.write('x');
  }, 500);
  try {
    return await Promise.all(sockets.map(heard));
  } finally {
    clearInterval(timer);
  }
}

export async function hangUp(port: number, senders: number): Promise<string[]> {
  const sockets = Array.from({ length: senders }, () => announce(port));
  const all = Promise.all(sockets.map(heard));
  setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, 1000);
  return all;
}

/**
 * Speaks for itself on a line of its own.
 *
 * @param text what is sent at once
 * @param drip what is sent every half second after that; `null` for nothing
 * @returns the statuses that it hears until the line is closed, or until it hears `enough` of them
 */
export function speak(port: number, text: string, drip: string | null = null, enough = 1): Promise<string[]> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    let said = '';
    const statuses = () => [...said.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status);
    const timer = drip === null ? undefined : setInterval(() => socket.write(drip), 500);
    const end = () => {
      clearInterval(timer);
      socket.destroy();
      const heard = statuses();
      done(heard.length > 0 ? heard : ['nothing']);
    };
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1');
      if (statuses().length >= enough) end();
    });
    socket.on('close', end);
    socket.write(text);
  });
}

/** Sends whole photos, and hangs up before they are cut. */
export async function hangUpAfter(port: number, senders: number, { path, type, body }: Sent): Promise<string[]> {
  const head = [`POST ${path} HTTP/1.1`, 'Host: x', `Content-Type: ${type}`, `Content-Length: ${body.length}`, '', ''];
  const one = () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(head.join('\r\n'));
    socket.write(body, () => setTimeout(() => socket.destroy(), 300));
    return heard(socket);
  };
  return Promise.all(Array.from({ length: senders }, one));
}
