import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as client from 'remove.bg';
import sharp from 'sharp';
import { createService } from '../../lib/app';
import { configUnderTest } from '../helpers/config-under-test';
import { type Loopback, listen } from '../helpers/loopback';

/**
 * remove.bg's client from npm, as it is, against the real service. Its address is fixed in it, so the wire alone is
 * another one: what it would send to api.remove.bg by TLS goes to this machine without. The two libraries that it
 * sends with both call `https.request`.
 */
const KEY = 'a key of ours';
const original = https.request;
let folder: string;
let path: string;
let local: Loopback;
const asked: string[] = [];

beforeAll(async () => {
  const keys = [createHash('sha256').update(KEY).digest('hex')];
  local = await listen(createService(configUnderTest(), { keys, maxAnswerBytes: null }));
  const port = Number(new URL(local.url).port);
  const reroute = (options: RequestOptions, answered?: (answer: IncomingMessage) => void): ClientRequest => {
    asked.push(`${options.method?.toUpperCase()} ${options.host ?? options.hostname}${options.path}`);
    const { agent: _, ...others } = options;
    return http.request({ ...others, protocol: 'http:', host: '127.0.0.1', hostname: '127.0.0.1', port }, answered);
  };
  https.request = reroute as typeof https.request;
  folder = await mkdtemp(join(tmpdir(), 'removebg-'));
  path = join(folder, 'dress.jpg');
  const photo = readFileSync(join(__dirname, '..', 'fixtures', 'dress.jpg'));
  await writeFile(path, await sharp(photo).resize(512).jpeg().toBuffer());
});
afterAll(async () => {
  https.request = original;
  await rm(folder, { recursive: true });
  await local.close();
});

test('a file goes up, and comes back as a cut-out with everything that the client reports', async () => {
  const outputFile = join(folder, 'cut.png');
  const result = await client.removeBackgroundFromImageFile({
    path,
    apiKey: KEY,
    outputFile,
    size: 'full',
    crop: true,
    crop_margin: '10%',
    scale: '80%',
    position: '50% 50%',
    roi: '0% 0% 100% 100%',
    channels: 'rgba',
  });
  expect(asked).toEqual(['POST api.remove.bg/v1.0/removebg']);
  const { width, height, channels, format } = await sharp(outputFile).metadata();
  expect({ format, channels }).toEqual({ format: 'png', channels: 4 });
  const { resultWidth, resultHeight, detectedType, creditsCharged, base64img } = result;
  expect([Number(resultWidth), Number(resultHeight)]).toEqual([width, height]);
  expect([detectedType, Number(creditsCharged)]).toEqual(['product', 0]);
  expect(Buffer.from(base64img, 'base64').equals(readFileSync(outputFile))).toBe(true);
});

test('base64 with a colour comes back as JPG', async () => {
  const base64img = readFileSync(path, 'base64');
  const result = await client.removeBackgroundFromImageBase64({
    base64img,
    apiKey: KEY,
    bg_color: 'ffffff',
    size: 'auto',
  });
  const { width, height, format } = await sharp(Buffer.from(result.base64img, 'base64')).metadata();
  expect({ width, height, format }).toEqual({ width: 512, height: 768, format: 'jpeg' });
});

test('what goes wrong arrives as the errors that the client hands on', async () => {
  const wrong = client.removeBackgroundFromImageFile({ path, apiKey: 'another key' });
  await expect(wrong).rejects.toEqual([{ title: expect.stringContaining('X-Api-Key'), code: 'auth_failed' }]);
  const elsewhere = client.removeBackgroundFromImageUrl({ url: 'https://example.com/dress.jpg', apiKey: KEY });
  await expect(elsewhere).rejects.toEqual([{ title: expect.stringContaining('image_url'), code: 'invalid_parameter' }]);
  const shadow = client.removeBackgroundFromImageFile({ path, apiKey: KEY, add_shadow: true });
  await expect(shadow).rejects.toEqual([{ title: expect.stringContaining('add_shadow'), code: 'invalid_parameter' }]);
});
