import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import S3rver from '@20minutes/s3rver';
import { encodeEventKey } from '../lib/uploads/event-key';

export interface LocalS3 {
  readonly url: string;
  /** Ends open connections too. */
  readonly close: () => Promise<void>;
}

/** Web pages served from this machine may post forms and load pictures; pages from elsewhere may not look in. */
const CORS = `<CORSConfiguration><CORSRule><AllowedOrigin>http://localhost:*</AllowedOrigin><AllowedOrigin>http://127.0.0.1:*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><AllowedMethod>HEAD</AllowedMethod><AllowedMethod>POST</AllowedMethod><AllowedMethod>PUT</AllowedMethod><AllowedHeader>*</AllowedHeader></CORSRule></CORSConfiguration>`;

/** The one access key that the server knows; it looks at no signature, so that the secret may be anything. */
export const ACCESS_KEY = 'S3RVER';

/**
 * An S3 server on this machine alone: it checks no signature, so nobody else may reach it.
 *
 * @param port 0 takes any that is free
 * @param directory where objects lie as files; made if it is not there, and kept
 * @param onEvent each event as S3 would send it, keys encoded as S3 encodes them
 * @throws Error with `code` as Node's own, such as EADDRINUSE
 */
export async function startLocalS3(
  port: number,
  directory: string,
  buckets: readonly string[],
  onEvent: (event: S3rver.S3Event) => void,
): Promise<LocalS3> {
  await mkdir(directory, { recursive: true });
  const s3 = new S3rver({
    directory,
    silent: true,
    vhostBuckets: false,
    // It reckons signatures a little differently from what current clients send.
    allowMismatchedSignatures: true,
    configureBuckets: buckets.map((name) => ({ name, configs: [CORS] })),
  });
  await s3.configureBuckets();
  s3.on('event', (event) => onEvent(encoded(event)));
  // Its own run() never hears that a port is in use.
  const server = createServer(oneByOne(s3.callback()));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

/**
 * S3 shows an object whole or not at all; this server writes into the file that it reads from. So calls for one path wait
 * for the calls before them.
 */
function oneByOne(serve: RequestListener): RequestListener {
  const last = new Map<string, Promise<void>>();
  return (request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    const turn = last.get(path) ?? Promise.resolve();
    const ended = turn.then(() => {
      if (!response.destroyed) serve(request, response);
      return closed;
    });
    last.set(path, ended);
    void ended.then(() => {
      if (last.get(path) === ended) last.delete(path);
    });
  };
}

/** This server gives keys as they are. */
function encoded(event: S3rver.S3Event): S3rver.S3Event {
  const Records = event.Records.map((record) => {
    const key = encodeEventKey(record.s3.object.key);
    return { ...record, s3: { ...record.s3, object: { ...record.s3.object, key } } };
  });
  return { ...event, Records };
}
