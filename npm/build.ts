import { execFileSync } from 'node:child_process';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { englishOnly } from '../layers/english-only';
import { bundledLicences } from '../layers/licences';
import { OPENCV_SOURCE, splitOpenCv } from '../layers/opencv';

const ROOT = join(__dirname, '..');
const OUT = join(ROOT, 'build');

/** What starts by itself: the library, the command and its larger parts, the decoder's process and the service's worker. */
const ENTRIES = {
  index: 'lib/index.ts',
  dresscut: 'bin/dresscut.ts',
  early: 'bin/cut/early.ts',
  cut: 'bin/cut/main.ts',
  catalogue: 'bin/catalogue/main.ts',
  serve: 'bin/serve.ts',
  evaluate: 'bench/evaluate.ts',
  completion: 'bin/completion.ts',
  'decoder-main': 'lib/pipeline/decoder-main.ts',
  'worker-main': 'lib/worker/worker-main.ts',
  'onnx-thread-main': 'lib/segmenters/onnx-thread-main.ts',
} as const;

/** An entry that another one loads is loaded from its own file. */
const entriesStayApart: Plugin = {
  name: 'entries-stay-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'require-call' && kind !== 'import-statement') return null;
      const file = `${relative(ROOT, join(resolveDir, path))}.ts`;
      const entry = Object.entries(ENTRIES).find(([, source]) => source === file);
      return entry === undefined ? null : { path: `./${entry[0]}.js`, external: true };
    });
  },
};

/** Installed beside it: native, or too large to be part of it. */
const INSTALLED = ['onnxruntime-node', 'sharp', 'libheif-js'];
/** OpenCV lies beside the entries, once for all of them. */
const openCvStaysApart: Plugin = {
  name: 'opencv-stays-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^@techstark\/opencv-js$/ }, () => ({ path: './opencv.js', external: true }));
  },
};

/** Used by who installs them; who does not is told. */
const OPTIONAL = [
  '@aws-sdk/client-s3vectors',
  '@libsql/client',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-converter',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-node',
];

/** Files that are read, not run: beside the code in the sources, at the same paths beside the built code. */
const ASSETS = [
  ['lib', /\.(html|css|mjs|svg|jpg)$/],
  ['bin/report', /\.(html|css|js)$/],
  ['bin/catalogue', /\.html$/],
] as const;

/**
 * `npm run build:package`, and before every `npm pack`: the package's JavaScript into `build/`. One file an entry, so
 * that a command loads what it needs; everything but the packages in `INSTALLED` is inside.
 */
async function main(): Promise<void> {
  await rm(OUT, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: Object.entries(ENTRIES).map(([out, file]) => ({ in: file, out })),
    outdir: OUT,
    bundle: true,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    supported: { 'dynamic-import': false },
    mainFields: ['module', 'main'],
    external: [...[...INSTALLED, ...OPTIONAL].flatMap((name) => [name, `${name}/*`])],
    plugins: [entriesStayApart, openCvStaysApart, englishOnly],
    // What ES modules inside know of where they lie, in words of CommonJS.
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': 'importMetaUrl' },
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
  });
  execFileSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', join(ROOT, 'npm', 'tsconfig.json')], {
    stdio: 'inherit',
  });
  await pruneTypes();
  await Promise.all([...ASSETS.map(copyAssets), writeEntries(), writeOpenCv(), writeLicences(metafile)]);
}

async function copyAssets([from, pattern]: (typeof ASSETS)[number]): Promise<void> {
  const paths = (await readdir(join(ROOT, from), { recursive: true })).filter((path) => pattern.test(path));
  await Promise.all(paths.map((path) => cp(join(ROOT, from, path), join(OUT, path))));
}

/** One library for both kinds of module: two would load the network twice, and know each other's errors for strangers. */
async function writeEntries(): Promise<void> {
  const names = Object.keys(require(join(OUT, 'index.js')) as object);
  await writeFile(
    join(OUT, 'index.mjs'),
    `import library from './index.js';\nexport const { ${names.join(', ')} } = library;\n`,
  );
  await writeFile(join(OUT, 'index.d.mts'), "export * from './types/lib/index.js';\n");
}

/** Types of the library's own words and nothing else: the compiler writes those of every file that it reads. */
async function pruneTypes(): Promise<void> {
  const wanted = new Set<string>();
  const follow = async (path: string): Promise<void> => {
    if (wanted.has(path)) return;
    wanted.add(path);
    // What a file does when it is loaded is no type.
    const text = (await readFile(path, 'utf8')).replace(/^import '[^']+';\n/gm, '');
    await writeFile(path, text);
    for (const [, target = ''] of text.matchAll(/(?:\bfrom |\bimport\()'([^']+)'/g)) {
      if (!target.startsWith('.')) throw new Error(`${path} needs the types of ${target}, which are not installed.`);
      await follow(`${join(dirname(path), target)}.d.ts`);
    }
  };
  const types = join(OUT, 'types');
  await follow(join(types, 'lib', 'index.d.ts'));
  for (const entry of await readdir(types, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !wanted.has(path)) await rm(path);
  }
}

async function writeOpenCv(): Promise<void> {
  const { code, wasm } = await splitOpenCv(ROOT);
  await Promise.all([writeFile(join(OUT, 'opencv.js'), code), writeFile(join(OUT, 'opencv.wasm'), wasm)]);
}

/** The licences of what is inside, one after the other. */
async function writeLicences({ inputs }: Metafile): Promise<void> {
  await writeFile(
    join(OUT, 'THIRD-PARTY-LICENCES.txt'),
    await bundledLicences(ROOT, [...Object.keys(inputs), OPENCV_SOURCE]),
  );
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
  process.exitCode = 1;
});
