import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, normalize } from 'node:path';

/** A part of the project: modules by their path without ending; one that ends in a slash is a whole folder. */
interface Rule {
  readonly part: readonly string[];
  /** Parts of the project that it may import. */
  readonly may: readonly string[];
  /** Packages that it may import, Node's own included; left out: any. */
  readonly packages?: readonly string[];
}

const NOUNS = [
  'lib/abortable',
  'lib/raster',
  'lib/errors',
  'lib/colour',
  'lib/html',
  'lib/log',
  'lib/once',
  'lib/photo-size',
];
const CONTRACTS = [
  ...NOUNS,
  'lib/strokes',
  'lib/findings',
  'lib/options',
  'lib/option-values',
  'lib/ports',
  'lib/stopwatch',
  'lib/description',
];
/** What decodes in a process of its own: the one step that starts something. */
const DECODER = ['lib/pipeline/decoder-process', 'lib/pipeline/decoder-main'];
const PROCESSES = ['node:child_process', 'node:worker_threads', 'node:module', 'node:os', 'node:path', 'node:stream'];
const FIND_AND_RENDER = [
  'lib/predict',
  'lib/drop-unworn',
  'lib/find',
  'lib/chosen-matte',
  'lib/render',
  'lib/cut-out',
  'lib/describe',
  'lib/thumbnails',
];

/**
 * The architecture: who may import whom, from the ground up. A part may always import itself. Everything that is in
 * none of the rows fails, and so does every circle, by types too.
 */
const RULES: readonly Rule[] = [
  { part: NOUNS, may: ['lib/errors'], packages: [] },
  { part: CONTRACTS, may: NOUNS, packages: ['zod'] },
  { part: ['lib/assets'], may: [], packages: ['node:fs', 'node:path'] },
  { part: ['lib/config'], may: [], packages: ['node:os', 'node:path'] },
  { part: ['lib/heap'], may: [], packages: ['node:v8'] },
  { part: ['lib/opencv'], may: NOUNS, packages: ['@techstark/opencv-js'] },
  // Another process of ours: how it is started, watched and talked to.
  { part: ['lib/processes/'], may: NOUNS, packages: PROCESSES },
  { part: DECODER, may: [...CONTRACTS, 'lib/pipeline/', 'lib/processes/'], packages: PROCESSES },
  // A step knows OpenCV and the codecs: no files, no environment, no HTTP, no AWS, no engine.
  { part: ['lib/pipeline/'], may: [...CONTRACTS, 'lib/opencv'], packages: ['sharp', 'libheif-js', 'culori'] },
  // Each implements its port and knows no step and no caller.
  { part: ['lib/segmenters/'], may: [...CONTRACTS, 'lib/processes/'] },
  { part: ['lib/storage/'], may: [...CONTRACTS, 'lib/config'] },
  { part: ['lib/catalogue/'], may: CONTRACTS },
  { part: ['lib/recent'], may: [], packages: ['node:crypto', 'lru-cache'] },
  { part: FIND_AND_RENDER, may: [...CONTRACTS, 'lib/recent', 'lib/pipeline/'], packages: [] },
  { part: ['lib/correction'], may: [...CONTRACTS, 'lib/find', 'lib/pipeline/'], packages: ['node:crypto'] },
  {
    part: ['lib/uploads/'],
    may: [...CONTRACTS, ...FIND_AND_RENDER, 'lib/correction', 'lib/pipeline/', 'lib/catalogue/'],
  },
  {
    part: ['lib/http/'],
    may: [...CONTRACTS, 'lib/assets', ...FIND_AND_RENDER, 'lib/pipeline/', 'lib/catalogue/', 'lib/uploads/'],
  },
  // The composition roots alone know who implements what: of the services, and of the library.
  {
    part: ['lib/app', 'lib/engine', 'lib/index', 'lib/jobs-here', 'lib/worker/worker-main'],
    may: ['lib/', 'package.json'],
  },
  // Has work done by processes of our own: what HTTP asks of photos, above all.
  {
    part: ['lib/worker/'],
    may: [...CONTRACTS, 'lib/engine', 'lib/heap', 'lib/http/jobs/', 'lib/processes/'],
    packages: ['node:child_process', 'node:net', 'node:path'],
  },
  // Where a call enters: nothing imports these.
  { part: ['handlers/'], may: ['lib/'] },
  { part: ['bin/'], may: ['lib/', 'bench/evaluate', 'package.json'] },
  { part: ['bench/'], may: ['lib/'] },
  {
    part: ['npm/'],
    may: [
      'layers/english-only',
      'layers/licences',
      'layers/opencv',
      'lib/http/openapi/',
      'lib/pipeline/limits',
      'package.json',
    ],
  },
  { part: ['layers/'], may: ['lib/errors', 'lib/segmenters/', 'lib/uploads/upload-options', 'package.json'] },
];

const ROOT = join(__dirname, '..');
const IMPORT = /(?:\bfrom\s*|^import\s+|\bimport\(|\brequire\()'([^']+)'/gm;

/** Every module of the project's own parts, and what it imports: by types, when it runs, and on demand. */
const imports = new Map(
  ['lib', 'handlers', 'bin', 'bench', 'layers', 'npm'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.includes('node_modules'))
      .map((file) => {
        const path = join(folder, file);
        const text = readFileSync(join(ROOT, path), 'utf8');
        const targets = [...text.matchAll(IMPORT)].map(([, target = '']) => resolve(path, target));
        return [path.replace(/\.ts$/, ''), targets] as const;
      }),
  ),
);

/** A module by its path in the project, or a package by its name. */
function resolve(from: string, target: string): string {
  if (target.startsWith('.')) return normalize(join(from, '..', target)).replace(/\.ts$/, '');
  if (target.startsWith('node:') || builtinModules.includes(target)) return target;
  return target.split('/', target.startsWith('@') ? 2 : 1).join('/');
}

const isIn = (part: readonly string[]) => (module: string) =>
  part.some((one) => (one.endsWith('/') ? module.startsWith(one) : module === one));
const isOurs = (module: string) =>
  imports.has(module) || /^(lib|handlers|bin|bench|layers|npm|test|package\.json)\b/.test(module);

test('every import runs downwards, as the table says', () => {
  const wrong: string[] = [];
  for (const [module, targets] of imports) {
    const rule = RULES.find(({ part }) => isIn(part)(module));
    if (rule === undefined) wrong.push(`${module} has no rule`);
    for (const target of rule === undefined ? [] : targets) {
      const { part, may, packages } = rule as Rule;
      const allowed = isOurs(target) ? isIn([...part, ...may])(target) : (packages?.includes(target) ?? true);
      if (!allowed) wrong.push(`${module} must not import ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('no module imports itself by way of others', () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (module: string, path: readonly string[]): void => {
    if (path.includes(module)) circles.push([...path.slice(path.indexOf(module)), module].join(' -> '));
    if (path.includes(module) || done.has(module)) return;
    for (const target of imports.get(module) ?? []) visit(target, [...path, module]);
    done.add(module);
  };
  for (const module of imports.keys()) visit(module, []);
  expect(circles).toEqual([]);
});

test('every row of the table is about something that is there', () => {
  const modules = [...imports.keys()];
  const empty = RULES.flatMap(({ part }) => part).filter((one) => !modules.some(isIn([one])));
  expect(empty).toEqual([]);
  expect(imports.get('lib/find')).toContain('lib/pipeline/decode');
});
