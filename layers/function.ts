import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { englishOnly } from './english-only';
import { bundledLicences, noticeEntries } from './licences';
import type { Entry } from './zip';

/** In the native layer; a function's own zip must not carry them a second time. */
const IN_LAYER = ['onnxruntime-node', 'sharp', '@techstark/opencv-js', 'libheif-js'];
/** For machines with room for them; a function that is told to use them says that they are not there. */
const NOT_ON_LAMBDA = [
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-converter',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-node',
  '@libsql/client',
];

/** Started as a process of its own from beside the handler (`lib/pipeline/decoder-process.ts`). */
const DECODER = 'lib/pipeline/decoder-main.ts';

/**
 * One handler and all it imports as one CommonJS file with its source map, the decoder's process as another, and the
 * licences of what is in them. CommonJS, and `require` for what is imported lazily, because a layer's `NODE_PATH` does not
 * serve ES-module imports.
 */
export async function functionEntries(root: string, name: string): Promise<Entry[]> {
  const { outputFiles, metafile } = await build({
    metafile: true,
    plugins: [englishOnly],
    absWorkingDir: root,
    entryPoints: [join('handlers', `${name}.ts`), DECODER],
    entryNames: '[name]',
    outdir: root,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    supported: { 'dynamic-import': false },
    // The ES-module builds of the AWS SDK and of zod shrink to what is used.
    mainFields: ['module', 'main'],
    external: [...IN_LAYER, ...NOT_ON_LAMBDA].flatMap((layered) => [layered, `${layered}/*`]),
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const code = outputFiles.map(({ path, contents }) => ({ path: path.slice(root.length + 1), bytes: contents }));
  const licences = await bundledLicences(root, Object.keys(metafile.inputs));
  return [
    ...code,
    ...('lib/assets.ts' in metafile.inputs ? await assets(join(root, 'lib')) : []),
    ...(await noticeEntries(root, '')),
    { path: 'LICENSES.txt', bytes: Buffer.from(licences) },
  ];
}

/** The files of `lib` that are read, not run; `readAsset` looks for them beside the bundle. */
async function assets(lib: string): Promise<Entry[]> {
  const paths = await readdir(lib, { recursive: true });
  const read = paths.filter((path) => /\.(html|css|mjs|svg|jpg)$/.test(path));
  return Promise.all(read.map(async (path) => ({ path, bytes: await readFile(join(lib, path)) })));
}
