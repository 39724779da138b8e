import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTIONS } from '../../layers/artefacts';
import { functionEntries } from '../../layers/function';
import { modelEntries } from '../../layers/model';
import { nativeEntries } from '../../layers/native';
import type { Entry } from '../../layers/zip';

const root = join(__dirname, '..', '..');
const notice = readFileSync(join(root, 'NOTICE'), 'utf8');
const named = [...notice.matchAll(/^ {2}((?:[@\w/*-]+(?: \([\w.-]+\))?(?:, )?)+)/gm)].flatMap(([, line = '']) =>
  line.split(', ').map((each) => each.replace(/ \(.*/, '').trim()),
);
const isNamed = (name: string) =>
  named.some((each) => each === name || (each.endsWith('/*') && name.startsWith(each.slice(0, -1))));
const textOf = (entries: readonly Entry[], path: string) =>
  Buffer.from(entries.find((entry) => entry.path === path)?.bytes ?? []).toString();

let functions: Entry[][];
let native: Entry[];
beforeAll(async () => {
  functions = await Promise.all(FUNCTIONS.map((name) => functionEntries(root, name)));
  native = await nativeEntries(root, process.arch === 'arm64' ? 'arm64' : 'x86_64');
}, 120_000);

test('whatever is bundled into a function is named in NOTICE, with its licence in the zip', () => {
  for (const entries of functions) {
    const texts = textOf(entries, 'LICENSES.txt');
    const packages = [...texts.matchAll(/^((?:@[\w-]+\/)?[\w-]+) \d+\.\d+\.\d+\S* \(([\w.-]+)\)$/gm)];
    expect(packages.length).toBeGreaterThan(15);
    expect(packages.map(([, name = '']) => name).filter((name) => !isNamed(name))).toEqual([]);
    const strange = packages.filter(
      ([, , licence = '']) => !['Apache-2.0', 'BlueOak-1.0.0', 'MIT', 'MIT-0'].includes(licence),
    );
    expect(strange.map(([line]) => line)).toEqual([]);
    expect(texts).toContain('Permission is hereby granted');
    expect(texts).toContain('TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION');
  }
});

test('whatever is in the native layer is named in NOTICE', () => {
  const packages = native.flatMap(({ path }) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  expect(new Set(packages).size).toBeGreaterThan(8);
  expect([...new Set(packages)].filter((name) => !isNamed(name))).toEqual([]);
});

test('what is under the LGPL is shipped with its texts, its sources and as files that can be replaced', async () => {
  const model = await modelEntries(root, join(root, 'models'));
  for (const [folder, entries] of [['nodejs/', native], ['models/', model], ...functions.map((each) => ['', each])]) {
    const paths = (entries as Entry[]).map(({ path }) => path);
    for (const name of ['LICENSE', 'NOTICE', 'licenses/LGPL-3.0.txt', 'licenses/GPL-3.0.txt']) {
      expect(paths).toContain(`${folder}${name}`);
    }
  }
  const paths = native.map(({ path }) => path);
  expect(paths).toContain('nodejs/node_modules/libheif-js/libheif-wasm/LICENSE');
  expect(paths).toContainEqual(expect.stringMatching(/sharp-libvips-linux-\w+\/README\.md$/));
  expect(paths).toContainEqual(expect.stringMatching(/libvips-cpp\.so/));
  for (const source of [
    'catdad-experiments/libheif-js',
    'strukturag/libheif',
    'lovell/sharp-libvips',
    'libvips/libvips',
  ]) {
    expect(notice).toContain(`https://github.com/${source}`);
  }
  expect(textOf(native, 'nodejs/licenses/LGPL-3.0.txt')).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
});

test('the S3 server of npm start is part of nothing that is deployed', () => {
  for (const { path, bytes } of [...functions.flat(), ...native]) {
    expect(path).not.toContain('s3rver');
    if (path.endsWith('.js.map')) expect(Buffer.from(bytes).toString()).not.toContain('s3rver/');
  }
});
