import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { messageOf } from '../lib/errors';
import { type Lingering, lingerOver } from './linger';

export interface Listening {
  readonly url: string;
  /** Answers what is under way, takes nothing new. */
  readonly close: () => Promise<void>;
}

/** Milliseconds after which a connection is given up. */
export interface Timeouts {
  /** Until the head of a request is whole. */
  readonly head: number;
  /** Until all of a request is there; the app itself waits less long. */
  readonly request: number;
  /** Without a byte in either direction. */
  readonly silence: number;
  /** From a request's head until its answer has been taken. */
  readonly answer: number;
  /** Between an answer and the next request on the same connection. */
  readonly idle: number;
  /** Over a body that is answered before it is there. */
  readonly lingering: Lingering;
}

/**
 * The app answers after 25 s at the latest; an answer of 25 MB takes 100 s at 2 Mbit/s. A proxy in front keeps idle
 * connections for 60 s, as a rule: whoever closes first must be the proxy, or a call is lost on its way.
 */
const TIMEOUTS: Timeouts = {
  head: 10_000,
  request: 60_000,
  silence: 30_000,
  answer: 130_000,
  idle: 75_000,
  lingering: { time: 30_000, silence: 5000 },
};

/**
 * After so many, a client is asked to connect anew. All that lie on a line at once are taken up one after the other
 * without a pause: a thousand silence everybody else for as long as they take.
 */
const REQUESTS_PER_CONNECTION = 100;

/**
 * Serve a Fetch-style app over HTTP. Whoever stalls or trickles, while sending or while taking the answer, is cut off.
 * @param port 0 takes any that is free
 * @throws Error with `code` as Node's own, such as EADDRINUSE
 */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  host: string,
  port: number,
  timeouts: Timeouts = TIMEOUTS,
): Promise<Listening> {
  const { head, request, silence, answer, idle, lingering } = timeouts;
  const serverOptions = {
    headersTimeout: head,
    requestTimeout: request,
    keepAliveTimeout: idle,
    connectionsCheckingInterval: Math.ceil(head / 2),
  };
  // HTTP/1.0 may leave its host out, as the health checks of load balancers do.
  const server = createAdaptorServer({ fetch, serverOptions, hostname: 'localhost' }) as Server;
  server.setTimeout(silence);
  server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION;
  // Before the app's own listener, which may have answered when it returns.
  server.prependListener('request', (incoming: IncomingMessage, response: ServerResponse) => {
    lingerOver(incoming, response, lingering);
    const timer = setTimeout(() => response.destroy(), answer);
    response.once('close', () => clearTimeout(timer));
  });
  server.listen(port, host);
  await once(server, 'listening');
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeIdleConnections();
    await closed;
  };
  const at = isIP(host) === 6 ? `[${host}]` : host;
  return { url: `http://${at}:${(server.address() as AddressInfo).port}`, close };
}

/** Why a server could not listen, naming the variable that changes the port. */
export function whyNot(error: unknown, port: number, variable: string): Error {
  if ((error as NodeJS.ErrnoException)?.code !== 'EADDRINUSE') return error as Error;
  return new Error(`port ${port} is in use; choose another with ${variable}=${port + 1}`, { cause: error });
}

/** The first Ctrl-C lets work end; the second is from somebody who does not want to wait for it. */
export function closeOnSignal(close: () => Promise<void>): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(130);
      stopping = true;
      close().then(
        () => process.exit(0),
        (thrown: unknown) => fail(thrown),
      );
    });
  }
}

/** The last words of a command that could not do its work. */
export function fail(thrown: unknown): never {
  process.stderr.write(`dresscut: ${messageOf(thrown)}\n`);
  process.exit(1);
}
