import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import sharp from 'sharp';

// `npm start` as a newcomer runs it: a process of its own, both servers, the real network.
const root = join(__dirname, '..', '..');
const fixture = (name: string) => join(root, 'test', 'fixtures', name);
const PATIENCE = 60_000;

let here: string;
beforeAll(async () => {
  here = await mkdtemp(join(tmpdir(), 'dresscut-start-'));
});
afterAll(() => rm(here, { recursive: true, force: true }));

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Resolves with the output once it holds `text`. */
  readonly says: (text: string | RegExp) => Promise<string>;
  readonly ended: Promise<number | null>;
}

function start(args: readonly string[], env: Record<string, string>): Started {
  const child = spawn(
    process.execPath,
    ['--require', require.resolve('tsx/cjs'), join(root, 'bin', 'start.ts'), ...args],
    {
      env: { ...process.env, ...env },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const says = async (text: string | RegExp) => {
    for (let tries = 0; tries < 600; tries += 1) {
      if (typeof text === 'string' ? output.includes(text) : text.test(output)) return output;
      if (child.exitCode !== null) break;
      await sleep(50);
    }
    throw new Error(`it never said ${text}:\n${output}`);
  };
  return { child, output: () => output, says, ended };
}

test(
  'both roads are shown, both servers answer, and Ctrl-C ends it cleanly',
  async () => {
    const { child, says, output, ended } = start(['--data', here], { PORT: '0', S3_PORT: '0' });
    try {
      await says(/HTTP {4}ok +\d+ ms {2}.*http\.png/);
      await says(/bucket {2}ok +\d+ ms {2}http.*dress\.jpg\.png/);
      const s3Url = /S3 +(http:\S+)/.exec(output())?.[1] ?? '';
      const httpUrl = /page +(http:\S+)/.exec(output())?.[1] ?? '';
      const shown = await fetch(/bucket.*(http:\S+)/.exec(output())?.[1] ?? '');
      expect(Buffer.from(await shown.arrayBuffer())).toEqual(await readFile(join(here, 'results', 'http.png')));
      expect((await fetch(`${httpUrl}v1/ready`)).status).toBe(200);
      const ticket = await fetch(`${httpUrl}v1/uploads`, { method: 'POST' });
      expect(ticket.status).toBe(201);
      await ticket.body?.cancel();

      const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'any' };
      const client = new S3Client({ endpoint: s3Url, forcePathStyle: true, region: 'us-east-1', credentials });
      const Body = await sharp(fixture('dress.jpg')).resize(300).jpeg().toBuffer();
      await client.send(new PutObjectCommand({ Bucket: 'dresscut-uploads', Key: 'uploads/a b.jpg', Body }));
      await says('uploads/a b.jpg: done ok');
      const got = await client.send(new GetObjectCommand({ Bucket: 'dresscut-cutouts', Key: 'cutouts/a b.jpg.png' }));
      expect((await sharp(await got.Body?.transformToByteArray()).metadata()).width).toBe(300);
      client.destroy();

      child.kill('SIGINT');
      expect(await ended).toBe(0);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  },
  PATIENCE,
);

test.each(['PORT', 'S3_PORT'])(
  'a port in use is named with the variable that changes it: %s',
  async (variable) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const env = { PORT: '0', S3_PORT: '0', [variable]: String(port) };
    const { says, ended } = start(['--data', here, '--no-demo'], env);
    await says(`dresscut: port ${port} is in use; choose another with ${variable}=${port + 1}`);
    expect(await ended).toBe(1);
    await new Promise((resolve) => taken.close(resolve));
  },
  PATIENCE,
);

test(
  'it asks for no keys, and says so to whoever set some',
  async () => {
    const { says, ended } = start(['--data', here], { DRESSCUT_API_KEYS: 'a'.repeat(64), PORT: '0', S3_PORT: '0' });
    await says('unset DRESSCUT_API_KEYS, or use npm run serve');
    expect(await ended).toBe(1);
  },
  PATIENCE,
);
