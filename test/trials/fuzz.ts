import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { createApp } from '../../lib/app';
import { asDresscutError } from '../../lib/errors';
import { dress } from './photos';
import { mutated, type Random, randomOf } from './random';
import { post } from './senders';
import { startServer } from './server';

/**
 * `npm run fuzz`: damaged photos through the library, then through HTTP. Each must end in a cut or in an error that
 * blames the file, and the service must live. `--files`, `--requests` and `--seed` say how many and which.
 */
const FORMATS = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const;

/** What may become of a damaged file, besides a cut. */
const BLAMES = /^(no-dress|no-photo$|too-|unsupported-format$|undecodable-image$)/;

/** Small photos of each format that is read. */
async function seeds(): Promise<readonly Buffer[]> {
  const small = sharp(dress()).resize(160);
  const own = await Promise.all(FORMATS.map((format) => small.clone().toFormat(format).toBuffer()));
  return [...own, readFileSync(join(__dirname, '..', 'fixtures', 'sample.heic'))];
}

const pick = <T>(all: readonly T[], random: Random): T => all[random(all.length)] as T;

function tell(what: string, outcomes: ReadonlyMap<string, number>): void {
  const sorted = [...outcomes].sort(([, a], [, b]) => b - a);
  process.stdout.write(`${what}: ${sorted.map(([outcome, count]) => `${count} ${outcome}`).join(', ')}\n`);
}

async function library(count: number, random: Random, photos: readonly Buffer[]): Promise<string[]> {
  const { find } = createApp();
  const outcomes = new Map<string, number>();
  const faults: string[] = [];
  for (let i = 0; i < count; i++) {
    const file = mutated(pick(photos, random), random);
    const outcome = await find(file, { mode: 'default', expect: 'auto', strokes: [] }).then(
      ({ findings }) => findings.verdict,
      (thrown: unknown) => asDresscutError(thrown),
    );
    const name = typeof outcome === 'string' ? outcome : outcome.code;
    outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
    if (typeof outcome !== 'string' && !BLAMES.test(name)) faults.push(`file ${i}: ${name}: ${outcome.message}`);
  }
  tell(`${count} files`, outcomes);
  return faults;
}

async function requests(count: number, random: Random, photos: readonly Buffer[]): Promise<string[]> {
  const server = await startServer(false);
  const outcomes = new Map<string, number>();
  const faults: string[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const photo = mutated(pick(photos, random), random);
      const { path, type, body } = pick(
        [
          { path: '/v1/cutouts', type: 'image/jpeg', body: photo },
          { path: '/v1/cutouts', type: 'multipart/form-data; boundary=x', body: mutated(form('photo', photo), random) },
          { path: '/v1.0/removebg', type: 'multipart/form-data; boundary=x', body: form('image_file', photo) },
          { path: '/v1/cutouts', type: 'application/json', body: mutated(json(photo), random) },
        ],
        random,
      );
      const status = await post(server.port, { path, type, body });
      outcomes.set(status, (outcomes.get(status) ?? 0) + 1);
      if (!/^(200|4\d\d)$/.test(status)) faults.push(`request ${i}: ${status}`);
    }
    const last = await post(server.port, { path: '/v1/cutouts?expect=dress', type: 'image/jpeg', body: dress() });
    if (!server.alive() || last !== '200') faults.push(`afterwards an ordinary photo is answered ${last}`);
  } finally {
    await server.stop();
  }
  tell(`${count} requests`, outcomes);
  return faults;
}

const form = (name: string, photo: Buffer) =>
  Buffer.concat([
    Buffer.from(`--x\r\nContent-Disposition: form-data; name="${name}"; filename="a.jpg"\r\n\r\n`),
    photo,
    Buffer.from('\r\n--x--\r\n'),
  ]);
const json = (photo: Buffer) => Buffer.from(JSON.stringify({ photo: photo.toString('base64') }));

async function main(): Promise<void> {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  const { values } = parseArgs({ options: { files: text('3000'), requests: text('1000'), seed: text('1') } });
  const photos = await seeds();
  const random = randomOf(Number(values.seed));
  const faults = [
    ...(await library(Number(values.files), random, photos)),
    ...(await requests(Number(values.requests), random, photos)),
  ];
  for (const fault of faults) process.stdout.write(`FAULT ${fault}\n`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
  process.exitCode = 1;
});
