import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FaultyS3 {
  readonly url: string;
  /** How often each fault struck, and how many calls came in all. */
  readonly tally: Record<'calls' | Fault, number>;
  /** From now on every call passes. */
  readonly heal: () => void;
  readonly close: () => Promise<void>;
}

const FAULTS = ['throttled', 'internal', 'reset', 'unanswered', 'cutOff'] as const;
type Fault = (typeof FAULTS)[number];

const xml = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;

/**
 * A proxy before a real S3 server that spoils a share of the calls: turned away, broken off before or after they
 * took effect, or in the middle of the body; and dribbles the rest of that share slowly.
 *
 * @param random from 0 to 1, seeded
 */
export async function startFaultyS3(target: string, share: number, random: () => number): Promise<FaultyS3> {
  const tally = { calls: 0, throttled: 0, internal: 0, reset: 0, unanswered: 0, cutOff: 0 };
  let healed = false;
  const server = createServer((call, answer) => {
    tally.calls += 1;
    const fault = !healed && random() < share ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined;
    if (fault !== undefined) tally[fault] += 1;
    if (fault === 'throttled') return refuse(call, answer, 503, 'SlowDown');
    if (fault === 'internal') return refuse(call, answer, 500, 'InternalError');
    if (fault === 'reset') return void call.socket.destroy();
    forward(target, call, answer, fault);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const heal = () => {
    healed = true;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tally, heal, close };
}

function refuse(call: IncomingMessage, answer: ServerResponse, status: number, code: string): void {
  call.resume();
  answer.writeHead(status, { 'content-type': 'application/xml' }).end(call.method === 'HEAD' ? undefined : xml(code));
}

function forward(target: string, call: IncomingMessage, answer: ServerResponse, fault: Fault | undefined): void {
  const { method, url, headers } = call;
  const onward = request(new URL(url ?? '/', target), { method, headers }, (reply) => {
    const chunks: Buffer[] = [];
    reply.on('data', (chunk: Buffer) => chunks.push(chunk));
    reply.on('end', () => {
      // It took effect, but nobody hears of it.
      if (fault === 'unanswered') return void call.socket.destroy();
      const body = Buffer.concat(chunks);
      answer.writeHead(reply.statusCode ?? 500, reply.headers);
      if (fault !== 'cutOff') return void answer.end(body);
      // Half of the body, a while of silence, and then the end of the line.
      answer.write(body.subarray(0, body.length / 2));
      setTimeout(() => call.socket.destroy(), 5);
    });
  });
  onward.on('error', () => call.socket.destroy());
  call.pipe(onward);
}
