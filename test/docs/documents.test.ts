import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { STATUS } from '../../lib/errors';
import { OPTION_NAMES } from '../../lib/options';
import { scripts } from '../../package.json';
import { anchorsOf, blocksOf, documents, firstColumn, proseOf, ROOT, readDocument } from '../helpers/markdown';

const ALL = documents();
/** Written and kept by training and bench, in a form of their own. */
const LONG_LINES_ALLOWED = /^(training|bench|models)\//;

test.each(ALL)('%s links only to what is there', (path) => {
  const text = readDocument(path);
  const broken = [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^(https?|mailto):/.test(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#');
      const there = file === '' ? path : normalize(join(dirname(path), file));
      if (!existsSync(join(ROOT, there))) return true;
      if (anchor === undefined || statSync(join(ROOT, there)).isDirectory()) return false;
      return !anchorsOf(readDocument(there)).includes(anchor);
    });
  expect(broken).toEqual([]);
});

test.each(ALL.filter((path) => !LONG_LINES_ALLOWED.test(path)))('%s has lines of at most 120 characters', (path) => {
  const long = readDocument(path)
    .split('\n')
    .map((line, index) => `${index + 1}: ${[...line].length}`)
    .filter((entry) => Number(entry.split(': ')[1]) > 120);
  expect(long).toEqual([]);
});

test.each(ALL)('%s names npm scripts and test files that exist', (path) => {
  const text = readDocument(path);
  const unknown = [...text.matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)]
    .map(([, name = '']) => name)
    .filter((name) => !Object.hasOwn(scripts, name));
  expect(unknown).toEqual([]);
  const missing = [...text.matchAll(/npx jest (test\/[\w./-]+)/g)]
    .map(([, name = '']) => name.replace(/\.$/, ''))
    .filter((name) => !['', '.test.ts', '.process.test.ts'].some((end) => existsSync(join(ROOT, name + end))));
  expect(missing).toEqual([]);
});

test.each(ALL)('%s shows JSON that can be parsed', (path) => {
  for (const { language, text, line } of blocksOf(readDocument(path))) {
    if (language !== 'json') continue;
    try {
      JSON.parse(text);
    } catch (cause) {
      throw new Error(`${path}:${line} is no JSON`, { cause });
    }
  }
});

test('the HTTP document names every code of an error with its status', () => {
  const rows = [...readDocument('docs/http-api.md').matchAll(/^\| ([\d, ]+) \| (`.+?`) \|/gm)];
  const told = rows.flatMap(([, status = '', codes = '']) =>
    [...codes.matchAll(/`([^`]+)`/g)].map(([, code = '']) => [code, status.split(', ').map(Number)] as const),
  );
  expect(told.map(([code]) => code).sort()).toEqual(Object.keys(STATUS).sort());
  for (const [code, statuses] of told) expect(statuses).toContain(STATUS[code as keyof typeof STATUS]);
});

test('the HTTP and the command-line document name every option', () => {
  expect(firstColumn(readDocument('docs/http-api.md'), 'option').sort()).toEqual([...OPTION_NAMES].sort());
  const flags = firstColumn(readDocument('docs/command-line.md'), 'option');
  expect(flags).toEqual(expect.arrayContaining(OPTION_NAMES.map((name) => `--${name}`)));
});

test('the configuration document names every variable that is read, and no other', () => {
  const read = readFileSync(join(ROOT, 'lib', 'config.ts'), 'utf8').match(
    /\b(DRESSCUT_[A-Z0-9_]+|SEGMENTER|S3_PORT)\b/g,
  );
  const told = firstColumn(readDocument('docs/configuration.md'), 'variable');
  expect(told).toEqual(expect.arrayContaining([...new Set(read)]));
  expect(told.filter((name) => /^(DRESSCUT|SEGMENTER|S3_)/.test(name) && !read?.includes(name))).toEqual([]);
});

test('the deployment document names every parameter of the template, and no other', () => {
  const template = readFileSync(join(ROOT, 'serverless.yml'), 'utf8');
  const block = template.slice(template.indexOf('\nparams:'), template.indexOf('\nprovider:'));
  const names = [...block.matchAll(/^ {4}(\w+):/gm)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(10);
  expect(firstColumn(readDocument('docs/deploy.md'), 'parameter').sort()).toEqual(names.sort());
});

test('the deployment document says what to do at every alarm', () => {
  const alarms = readFileSync(join(ROOT, 'layers', 'resources', 'alarms.yml'), 'utf8').match(/^ {2}\w+Alarm(?=:)/gm);
  expect(firstColumn(readDocument('docs/deploy.md'), 'alarm').sort()).toEqual(
    alarms?.map((name) => name.trim()).sort(),
  );
});

test('the architecture document names files and functions that exist', () => {
  const named = [...readDocument('docs/architecture.md').matchAll(/`([\w./-]+\.ts)(?::(\w+))?`/g)];
  expect(named.length).toBeGreaterThan(30);
  const missing = named
    .filter(([, file = '', name]) => {
      if (!file.includes('/')) return false;
      if (!existsSync(join(ROOT, file))) return true;
      return name !== undefined && !new RegExp(`\\b(function|const) ${name}\\b`).test(readDocument(file));
    })
    .map(([entry]) => entry);
  expect(missing).toEqual([]);
});
