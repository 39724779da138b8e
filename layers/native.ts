import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type Architecture, cpuOf } from './architecture';
import { noticeEntries } from './licences';
import { splitOpenCv } from './opencv';
import { platformPackages } from './platform-packages';
import type { Entry } from './zip';

/** Where Lambda's `NODE_PATH` looks. */
const INSIDE = 'nodejs/node_modules';

/**
 * What a package needs at run time; the rest (other platforms, other module systems, types, maps, sources) stays
 * out. Licences stay in; those of what libvips is built from stand in its package's README.md. `onnxruntime-node` names
 * two more packages that only its installer uses.
 */
function wanted(cpu: string): Readonly<Record<string, RegExp>> {
  return {
    'onnxruntime-node': new RegExp(`^(dist/[\\w-]+\\.js|bin/napi-v\\d+/linux/${cpu}/.*)$`),
    'onnxruntime-common': /^dist\/cjs\/([\w-]+\.js|package\.json)$/,
    '@techstark/opencv-js': /^package\.json$/, // its code: `openCvEntries`
    'libheif-js': /^libheif-wasm\/(libheif-bundle\.js|LICENSE)$/,
    sharp: /^dist\/\w+\.cjs$/,
    '@img/colour': /\.cjs$/,
    'detect-libc': /^lib\/.*\.js$/,
    semver: /\.js$/,
    [`@img/sharp-linux-${cpu}`]: /\.(cjs|node)$/,
    [`@img/sharp-libvips-linux-${cpu}`]: /^(README\.md|versions\.json|lib\/(index\.js|.*\.so\.[\d.]+))$/,
  };
}

const ALWAYS = /^(package\.json|LICEN[CS]E[\w.-]*|NOTICE[\w.-]*|ThirdPartyNotices[\w.-]*)$/i;

/** The native layer's files for one architecture. */
export async function nativeEntries(root: string, architecture: Architecture): Promise<Entry[]> {
  const cpu = cpuOf(architecture);
  const parts = wanted(cpu);
  await using folders = await platformPackages(root, cpu, Object.keys(parts));
  const entries = Object.entries(parts).map(async ([name, files]) => {
    const paths = (await filesBelow(folders.of(name))).filter((path) => ALWAYS.test(path) || files.test(path));
    if (!paths.some((path) => files.test(path))) throw new Error(`Nothing of ${name} is left for ${architecture}.`);
    const read = async (path: string) => ({
      path: `${INSIDE}/${name}/${path}`,
      bytes: await readFile(join(folders.of(name), path)),
    });
    return Promise.all(paths.map(read));
  });
  return [
    ...(await Promise.all(entries)).flat(),
    ...(await openCvEntries(root)),
    ...(await noticeEntries(root, 'nodejs/')),
  ];
}

async function openCvEntries(root: string): Promise<Entry[]> {
  const { code, wasm } = await splitOpenCv(root);
  const folder = `${INSIDE}/@techstark/opencv-js/dist`;
  return [
    { path: `${folder}/opencv.js`, bytes: code },
    { path: `${folder}/opencv.wasm`, bytes: wasm },
  ];
}

/** Paths of all files, with forward slashes; packages inside the package are others and stay out. */
async function filesBelow(folder: string): Promise<string[]> {
  const inside = ({ parentPath, name }: Dirent) => relative(folder, join(parentPath, name)).split(sep).join('/');
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map(inside)
    .filter((path) => !path.startsWith('node_modules/'));
}
