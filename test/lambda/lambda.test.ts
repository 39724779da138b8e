import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import sharp from 'sharp';
import { type Artefact, createArtefacts } from '../../layers/artefacts';
import { createService } from '../../lib/app';
import { loadConfig } from '../../lib/config';
import type { Receipt } from '../../lib/uploads/receipt';
import { startTestS3, type TestS3 } from '../helpers/s3-server';
import { type LambdaFunction, startFunction, unpack } from './function';
import { RIC } from './ric';

// The zips that are deployed, unpacked as Lambda unpacks them, in Lambda's own runtime client.
const root = join(__dirname, '..', '..');
const fixture = (name: string) => join(root, 'test', 'fixtures', name);
const MEGABYTES = 1769;
const PATIENCE = 120_000;
const WARM = 9;

const present = existsSync(RIC);
if (!present) {
  process.stdout.write(
    '\n*** SKIPPED: the zips in the Lambda runtime client; npm run test:lambda installs it first\n\n',
  );
}

type Answer = APIGatewayProxyStructuredResultV2;

function call(path: string, body: Buffer | null, headers: Record<string, string> = {}, query = '') {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    headers: { host: 'api.example.com', ...headers },
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'api.example.com',
      http: {
        method: body === null ? 'GET' : 'POST',
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '192.0.2.1',
        userAgent: 'jest',
      },
      requestId: 'request',
      routeKey: '$default',
      stage: '$default',
      time: '24/Nov/2026:00:00:00 +0000',
      timeEpoch: 0,
    },
    body: body?.toString('base64'),
    isBase64Encoded: body !== null,
  };
}

/** Milliseconds of each step, from the header that callers see. */
function stepsOf({ headers }: Answer): Map<string, number> {
  const timing = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'server-timing')?.[1];
  return new Map(
    [...String(timing).matchAll(/(\w+);dur=([\d.]+)/g)].map(([, step, took]) => [step ?? '', Number(took)]),
  );
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

(present ? describe : describe.skip)('the zips in the Lambda runtime client', () => {
  let s3: TestS3;
  let artefacts: Artefact[];
  const opened: LambdaFunction[] = [];
  const roots: string[] = [];
  beforeAll(async () => {
    s3 = await startTestS3();
    artefacts = await createArtefacts({
      root,
      models: join(root, 'models'),
      architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
    });
  }, PATIENCE);
  afterAll(async () => {
    for (const each of opened) await each.close();
    for (const each of roots) await rm(each, { recursive: true, force: true });
    await s3.close();
  });

  async function started(name: string, env: Record<string, string> = {}): Promise<LambdaFunction> {
    const at = await unpack(artefacts, name);
    roots.push(at);
    const all = {
      DRESSCUT_API_KEYS: 'off',
      DRESSCUT_UPLOADS_BUCKET: s3.buckets.uploads,
      DRESSCUT_CUTOUTS_BUCKET: s3.buckets.cutouts,
      DRESSCUT_S3_ENDPOINT: s3.url,
      ...env,
    };
    const lambda = await startFunction(at, name, all, MEGABYTES);
    opened.push(lambda);
    return lambda;
  }

  test(
    'the API answers as the local service does, cold and warm',
    async () => {
      const photo = await readFile(fixture('dress.jpg'));
      const local = createService(loadConfig({ DRESSCUT_THREADS: '1' }), { keys: 'off', maxAnswerBytes: null });
      const there = await local.request('/v1/cutouts', { method: 'POST', body: photo });
      const expected = Buffer.from(await there.arrayBuffer());

      const start = performance.now();
      const at = await unpack(artefacts, 'api');
      roots.push(at);
      const unpacking = performance.now() - start;
      const api = await startFunction(at, 'api', { DRESSCUT_API_KEYS: 'off' }, MEGABYTES);
      opened.push(api);
      const asked = performance.now();
      const first = (await api.invoke(call('/v1/cutouts', photo))) as Answer;
      const firstMilliseconds = performance.now() - asked;
      // What the function logged says why, when it does not.
      if (first.statusCode !== 200) throw new Error(api.output());
      expect(first.isBase64Encoded).toBe(true);
      expect(Buffer.from(first.body ?? '', 'base64').equals(expected)).toBe(true);

      const warm: { took: number; steps: Map<string, number> }[] = [];
      for (let time = 0; time < WARM; time += 1) {
        const began = performance.now();
        const answer = (await api.invoke(call('/v1/cutouts', photo))) as Answer;
        warm.push({ took: performance.now() - began, steps: stepsOf(answer) });
        expect(answer.body).toBe(first.body);
      }
      const rows = [...stepsOf(first)].map(([step, took]) => {
        const usual = median(warm.map(({ steps }) => steps.get(step) ?? 0));
        return `  ${step.padEnd(36)}${took.toFixed(0).padStart(6)}${usual.toFixed(0).padStart(8)}`;
      });
      const lines = [
        `Lambda runtime client, ${MEGABYTES} MB ${api.capped ? 'held by a cgroup' : '(this system lets us hold no memory)'}, one thread, Node ${process.version}`,
        `  ${''.padEnd(36)}${'cold'.padStart(6)}${'warm'.padStart(8)}  ms`,
        `  ${'process start to ready (code)'.padEnd(36)}${api.initMilliseconds.toFixed(0).padStart(6)}`,
        `  ${'a call'.padEnd(36)}${firstMilliseconds.toFixed(0).padStart(6)}${median(warm.map(({ took }) => took))
          .toFixed(0)
          .padStart(8)}`,
        ...rows,
        `  ${'process start to first answer'.padEnd(36)}${(api.initMilliseconds + firstMilliseconds).toFixed(0).padStart(6)}`,
        `  peak memory ${(await api.peakMegabytes()).toFixed(0)} MB; unpacking ${unpacking.toFixed(0)} ms, which AWS does before`,
        '  (cold segment holds the loading of the network)',
      ];
      process.stdout.write(`${lines.join('\n')}\n`);
      expect(await api.peakMegabytes()).toBeLessThan(MEGABYTES);
    },
    PATIENCE,
  );

  test(
    'what Lambda could not carry is refused in words, or by Lambda itself',
    async () => {
      const api = await started('api');
      const huge = Buffer.alloc(5_000_000, 1);
      await expect(api.invoke(call('/v1/cutouts', huge))).rejects.toThrow('RequestEntityTooLargeException');
      const { data, info } = await sharp(fixture('dress.jpg')).resize(2600).raw().toBuffer({ resolveWithObject: true });
      for (let index = 0; index < data.length; index += 1)
        data[index] = (data[index]! + ((index * 2654435761) >>> 27)) & 255;
      const { width, height } = info;
      const photo = await sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 50 })
        .toBuffer();
      expect(photo.length).toBeLessThan(4_500_000);
      const query = 'expect=dress&output=overlay';
      const answer = (await api.invoke(call('/v1/cutouts', photo, {}, query))) as Answer;
      expect(answer.statusCode).toBe(413);
      const problem = JSON.parse(answer.body ?? '');
      expect(problem).toMatchObject({ code: 'too-large', retryable: false });
      expect(problem.detail).toMatch(/size.*crop/);
    },
    PATIENCE,
  );

  test(
    'an upload comes by SQS and goes to the other bucket; a batch task too',
    async () => {
      const Key = 'uploads/a b.jpg';
      const Body = await sharp(fixture('dress.jpg')).resize(300).jpeg().toBuffer();
      await s3.client.send(new PutObjectCommand({ Bucket: s3.buckets.uploads, Key, Body }));
      const read = async (name: string) => {
        const { Body: found } = await s3.client.send(new GetObjectCommand({ Bucket: s3.buckets.cutouts, Key: name }));
        return Buffer.from((await found?.transformToByteArray()) ?? []);
      };
      const record = {
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: s3.buckets.uploads }, object: { key: 'uploads/a+b.jpg' } },
      };
      const body = JSON.stringify({ Records: [record] });
      const message = { eventSource: 'aws:sqs', messageId: 'm', body, attributes: { ApproximateReceiveCount: '1' } };
      const uploads = await started('uploads');
      expect(await uploads.invoke({ Records: [message] })).toEqual({ batchItemFailures: [] });
      const receipt = JSON.parse((await read('cutouts/a b.jpg.json')).toString()) as Receipt;
      expect(receipt).toMatchObject({ status: 'done', findings: { verdict: 'ok' } });
      const api = (await (await started('api')).invoke(call('/v1/cutouts', Body))) as Answer;
      expect((await read('cutouts/a b.jpg.png')).equals(Buffer.from(api.body ?? '', 'base64'))).toBe(true);

      const batch = await started('batch');
      const task = { taskId: 't', s3Key: 'uploads/a+b.jpg', s3VersionId: null, s3Bucket: s3.buckets.uploads };
      const answer = await batch.invoke({
        invocationSchemaVersion: '2.0',
        invocationId: 'i',
        job: { id: 'j' },
        tasks: [task],
      });
      expect(answer).toMatchObject({ results: [{ taskId: 't', resultCode: 'Succeeded', resultString: 'skipped ok' }] });
    },
    PATIENCE,
  );

  test(
    'an engine that the zips do not carry is refused in words, and the default one is named',
    async () => {
      const answers = async (SEGMENTER: string) => {
        const api = await started('api', { SEGMENTER });
        const answer = (await api.invoke(call('/v1/model', null))) as Answer;
        return { status: answer.statusCode, code: JSON.parse(answer.body ?? '').code, log: api.output() };
      };
      const absent = { status: 503, code: 'model-unavailable' };
      const wasm = await answers('tfjs');
      expect(wasm).toMatchObject(absent);
      expect(wasm.log).toMatch(/the Lambda zips do not carry it; SEGMENTER=onnx is the engine for Lambda/);
      const native = await answers('tfjs-node');
      expect(native).toMatchObject(absent);
      expect(native.log).toMatch(/tfjs-node is not installed; npm install --no-save/);
    },
    PATIENCE,
  );

  test(
    'without keys the API does not start, and says what is missing',
    async () => {
      const at = await unpack(artefacts, 'api');
      roots.push(at);
      await expect(startFunction(at, 'api', { DRESSCUT_API_KEYS: '' }, MEGABYTES)).rejects.toThrow('DRESSCUT_API_KEYS');
    },
    PATIENCE,
  );
});
