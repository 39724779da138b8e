import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { runCatalogue } from '../../bin/catalogue/run';
import { openCatalogue } from '../../lib/catalogue/open';
import { DresscutError } from '../../lib/errors';
import type { Find } from '../../lib/find';
import { dressOf, embeddingOf, VERSION } from '../helpers/dresses';
import { FINDINGS, FOUND } from '../helpers/loopback';

class Pipe extends Writable {
  text = '';
  isTTY = false;
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

// Real files and a real catalogue; what the network would say stands in the "photo".
const { traits } = dressOf('x');
const vectors: Readonly<Record<string, readonly number[]>> = { red: [1, 0, 0], rose: [1, 0.2, 0], blue: [0, 0, 1] };
let asked: string[] = [];
const find: Find = async (bytes) => {
  const text = Buffer.from(bytes).toString();
  asked.push(text);
  if (text === 'broken') throw new DresscutError('undecodable-image', 'The file is damaged.');
  const vector = vectors[text];
  if (vector === undefined) return { ...FOUND, matte: null, findings: { ...FINDINGS, verdict: 'no_dress', box: null } };
  return { ...FOUND, findings: { ...FINDINGS, description: { ...traits, embedding: embeddingOf(...vector) } } };
};

let here: string;
let shop: string;
beforeEach(async () => {
  here = await mkdtemp(join(tmpdir(), 'dresscut-cli-catalogue-'));
  shop = join(here, 'My shop.db');
  asked = [];
  await mkdir(join(here, 'photos', 'b'), { recursive: true });
  await writeFile(join(here, 'photos', '1.jpg'), 'red');
  await writeFile(join(here, 'photos', 'b', '2.jpg'), 'blue');
  await writeFile(join(here, 'query.jpg'), 'rose');
});
afterEach(() => rm(here, { recursive: true }));

async function dresscut(command: 'index' | 'similar', args: readonly string[], version = VERSION) {
  const [stdout, stderr] = [new Pipe(), new Pipe()];
  const opening = { find, version: async () => version, open: openCatalogue, stdout, stderr };
  const code = await runCatalogue(command, [...args, '--catalogue', shop], opening);
  return { code, out: stdout.text, err: stderr.text };
}

test('two commands make a catalogue of a folder and find a dress in it', async () => {
  const index = await dresscut('index', [join(here, 'photos'), '--metadata', '{"url": "https://shop.example/<1>"}']);
  expect([index.code, index.err]).toEqual([0, expect.stringContaining('2 put into my-shop')]);
  const report = join(here, 'page.html');
  const found = await dresscut('similar', [join(here, 'query.jpg'), '--json', '--report', report]);
  const matches = found.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(matches).toMatchObject([{ id: '1.jpg', description: traits }, { id: 'b/2.jpg' }]);
  expect(matches[0].score).toBeGreaterThan(matches[1].score);
  const page = await readFile(report, 'utf8');
  expect(page).toContain('1.jpg</a>');
  expect(page).toContain('https://shop.example/&#60;1&#62;');
  expect(page).not.toContain('{{');
});

test('what is there is skipped, what changed is put again, and what was broken off goes on', async () => {
  await dresscut('index', [join(here, 'photos')]);
  await writeFile(join(here, 'photos', '3.jpg'), 'rose');
  await writeFile(join(here, 'photos', '1.jpg'), 'blue');
  // Older than before, as from a backup, and yet another photo.
  await utimes(join(here, 'photos', '1.jpg'), 1000, 1000);
  asked = [];
  const again = await dresscut('index', [join(here, 'photos')]);
  expect([again.code, again.err]).toEqual([0, expect.stringContaining('2 put into my-shop, 1 there already')]);
  expect(asked.sort()).toEqual(['blue', 'rose']);
  const found = await dresscut('similar', [join(here, 'query.jpg'), '--limit', '1', '--json']);
  expect(JSON.parse(found.out)).toMatchObject({ id: '3.jpg' });
});

test('photos that cannot be used are named, and the others are put', async () => {
  await writeFile(join(here, 'photos', 'a.jpg'), 'broken');
  await writeFile(join(here, 'photos', 'c.jpg'), 'a street');
  const { code, err } = await dresscut('index', [join(here, 'photos')]);
  expect(code).toBe(1);
  expect(err).toMatch(/a\.jpg: The file is damaged/);
  expect(err).toMatch(/c\.jpg: The photo shows no dress/);
  expect(err).toMatch(/2 put into my-shop, 0 there already, 2 not/);
});

test('a catalogue of another network is refused before the first photo is cut', async () => {
  await dresscut('index', [join(here, 'photos')]);
  asked = [];
  const { code, err } = await dresscut('index', [join(here, 'photos')], 'dressnet-10-r1');
  expect([code, asked]).toEqual([1, []]);
  expect(err).toMatch(/holds embeddings of version dressnet-9\.9\.9-r1; .* makes dressnet-10-r1/);
});

test.each([
  [[], /missing required argument/],
  [['--limit', '0'], /limit to be a whole number from 1 to 100/],
  [['--colour', 'mauve'], /colour to be a basic colour term/],
  [['--name', 'A b'], /catalogue to be 1 to 32 lower-case/],
])('wrong usage %j is told and nothing is done', async (args, message) => {
  const { code, err } = await dresscut('similar', args.length === 0 ? [] : ['x.jpg', ...args]);
  expect([code, err]).toEqual([2, expect.stringMatching(message)]);
});

test('without a catalogue there is nothing to search in', async () => {
  const { code, err } = await dresscut('similar', [join(here, 'query.jpg')]);
  expect([code, err]).toEqual([1, expect.stringContaining('There is no catalogue my-shop')]);
});
