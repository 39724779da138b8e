import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Lambda carries so many bytes either way in a synchronous call. */
export const MAX_PAYLOAD = 6 * 1024 * 1024;

export interface RuntimeApi {
  /** Host and port, as `AWS_LAMBDA_RUNTIME_API` holds them. */
  readonly address: string;
  /** Resolves when the runtime asks for its first event: its code is loaded. */
  readonly ready: Promise<void>;
  /** @throws Error as Lambda names it, for a payload that is too large, a function that throws or one that dies */
  readonly invoke: (event: unknown, timeoutMilliseconds?: number) => Promise<unknown>;
  /** The runtime is gone: what waits for it must not wait any longer. */
  readonly dead: (why: string) => void;
  readonly close: () => Promise<void>;
}

interface Pending {
  readonly id: string;
  readonly body: string;
  readonly deadline: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (why: Error) => void;
}

/** The other side of a Lambda runtime: hands out events one by one and takes the answers. */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  const waiting: Pending[] = [];
  const running = new Map<string, Pending>();
  let wake: () => void = () => undefined;
  let isReady: () => void = () => undefined;
  let isDead: (why: Error) => void = () => undefined;
  const ready = new Promise<void>((resolve, reject) => {
    isReady = resolve;
    isDead = reject;
  });
  ready.catch(() => undefined);

  const server = createServer(async (call, answer) => {
    const path = (call.url ?? '').replace('/2018-06-01/runtime/', '');
    if (path === 'invocation/next') {
      isReady();
      while (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const next = waiting.shift() as Pending;
      running.set(next.id, next);
      answer.setHeader('Lambda-Runtime-Aws-Request-Id', next.id);
      answer.setHeader('Lambda-Runtime-Deadline-Ms', next.deadline);
      answer.setHeader(
        'Lambda-Runtime-Invoked-Function-Arn',
        'arn:aws:lambda:us-east-1:000000000000:function:dresscut',
      );
      answer.setHeader('Lambda-Runtime-Trace-Id', 'Root=1-00000000-000000000000000000000000;Sampled=0');
      return void answer.setHeader('content-type', 'application/json').end(next.body);
    }
    const body = await textOf(call);
    const [, id = '', what] = path.split('/');
    const pending = running.get(id);
    running.delete(id);
    if (path === 'init/error') isDead(new Error(body));
    if (what === 'response' && Buffer.byteLength(body) > MAX_PAYLOAD) {
      pending?.reject(new Error('Function.ResponseSizeTooLarge'));
      return void answer.writeHead(413).end();
    }
    if (what === 'response') pending?.resolve(body === '' ? null : JSON.parse(body));
    if (what === 'error') pending?.reject(new Error(body));
    answer.writeHead(202, { 'content-type': 'application/json' }).end('{}');
  });
  // The runtime waits for its next event as long as it takes.
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    ready,
    invoke: (event, timeoutMilliseconds = 29_000) => {
      const body = JSON.stringify(event);
      if (Buffer.byteLength(body) > MAX_PAYLOAD) return Promise.reject(new Error('RequestEntityTooLargeException'));
      return new Promise((resolve, reject) => {
        waiting.push({ id: randomUUID(), body, deadline: Date.now() + timeoutMilliseconds, resolve, reject });
        wake();
      });
    },
    dead: (why) => {
      isDead(new Error(why));
      for (const pending of [...waiting, ...running.values()]) pending.reject(new Error(why));
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function textOf(call: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of call) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
