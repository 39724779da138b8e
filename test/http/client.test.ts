import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { createService } from '../../lib/app';
import { configUnderTest } from '../helpers/config-under-test';
import { type Loopback, listen } from '../helpers/loopback';

/** A program as somebody would write it against the generated client. */
const PROGRAM = `
import { readFileSync } from 'node:fs';
import { Api, type Cutout } from './client';

async function main(baseUrl: string, path: string): Promise<Cutout> {
  const api = new Api({ baseUrl, baseApiParams: { headers: { Accept: 'application/json' } } });
  const photo = readFileSync(path).toString('base64');
  const { data } = await api.v1.cutOut({ photo, expect: 'dress', crop: true, format: 'webp' });
  const refused = await api.v1.cutOut({ photo: 'aGVsbG8=' }).catch((answer) => answer.error);
  if (refused.code !== 'unsupported-format') throw new Error(JSON.stringify(refused));
  return data;
}

main(process.argv[2] ?? '', process.argv[3] ?? '').then((data) => process.stdout.write(JSON.stringify(data)));
`;

const PHOTO = join(__dirname, '..', 'fixtures', 'dress.jpg');
const types = join(dirname(require.resolve('@types/node/package.json')), '..');
let folder: string;
let local: Loopback;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dresscut-client-'));
  local = await listen(createService(configUnderTest(), { keys: 'off', maxAnswerBytes: null }));
});
afterAll(async () => {
  await local?.close();
  await rm(folder, { recursive: true, force: true });
});

async function node(...args: readonly string[]): Promise<string> {
  const limits = { cwd: folder, timeout: 90_000, maxBuffer: 64 * 1024 * 1024 };
  const run = promisify(execFile)(process.execPath, args, limits);
  const { stdout } = await run.catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`node ${args.join(' ')}:\n${error.stdout}${error.stderr}`, { cause: error });
  });
  return stdout;
}

test('a client generated from the published document compiles strictly and cuts a dress out', async () => {
  await copyFile(join(__dirname, '..', '..', 'docs', 'openapi.json'), join(folder, 'openapi.json'));
  const generator = join(dirname(require.resolve('swagger-typescript-api/package.json')), 'dist', 'cli.mjs');
  await node(generator, 'generate', '--path', 'openapi.json', '--output', '.', '--name', 'client.ts');

  await writeFile(join(folder, 'program.ts'), PROGRAM);
  await writeFile(join(folder, 'package.json'), '{ "type": "commonjs" }');
  const compilerOptions = {
    strict: true,
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable'],
    module: 'nodenext',
    outDir: 'out',
    rootDir: '.',
    noEmitOnError: true,
    types: ['node'],
    typeRoots: [types],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
  const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  await node(compiler, '--project', 'tsconfig.json');

  const { findings, image } = JSON.parse(await node(join('out', 'program.js'), local.url, PHOTO));
  expect(findings.verdict).toBe('ok');
  expect(image.contentType).toBe('image/webp');
  const bytes = Buffer.from(image.base64, 'base64');
  const { format, width, height, hasAlpha } = await sharp(bytes).metadata();
  expect({ format, width, height, hasAlpha }).toEqual({
    format: 'webp',
    width: image.width,
    height: image.height,
    hasAlpha: true,
  });
  const direct = await fetch(`${local.url}/v1/cutouts?expect=dress&crop=true`, {
    method: 'POST',
    body: await readFile(PHOTO),
    headers: { accept: 'image/webp' },
  });
  expect(Buffer.from(await direct.arrayBuffer()).equals(bytes)).toBe(true);
}, 180_000);
