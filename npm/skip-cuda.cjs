// Runs before the packages that dresscut depends on are set up. On Linux with an Intel or AMD processor the installer
// of onnxruntime-node fetches some 300 MB for NVIDIA's graphics cards from another server, and the whole installation
// fails where that cannot be reached. It does so unless three files are there already; dresscut uses none of them. So
// they are put there, empty. Whoever depends on onnxruntime-node themselves has decided for themselves: nothing is done.
'use strict';

const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const NAMES = ['cuda', 'shared', 'tensorrt'].map((name) => `libonnxruntime_providers_${name}.so`);
const { env, platform, arch } = process;

function dependsItself() {
  const root = env.npm_config_local_prefix ?? env.INIT_CWD;
  if (root === undefined || env.npm_config_global === 'true') return false;
  try {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    );
    return [dependencies, devDependencies, optionalDependencies].some((names) => names?.['onnxruntime-node']);
  } catch {
    return false;
  }
}

function folderOfBinaries() {
  try {
    const folder = join(dirname(require.resolve('onnxruntime-node/package.json')), 'bin', 'napi-v6', 'linux', 'x64');
    return existsSync(folder) ? folder : null;
  } catch {
    // A clone of the sources, before its packages are there: its lock file and .npmrc see to this.
    return null;
  }
}

const asked = env.ONNXRUNTIME_NODE_INSTALL || env.npm_config_onnxruntime_node_install;
if (platform === 'linux' && arch === 'x64' && !asked && !dependsItself()) {
  const folder = folderOfBinaries();
  for (const name of folder === null ? [] : NAMES) {
    const file = join(folder, name);
    try {
      if (!existsSync(file)) writeFileSync(file, '');
    } catch (error) {
      process.stderr.write(`dresscut: ${file} could not be written (${error.code}); onnxruntime-node may fetch CUDA\n`);
    }
  }
}
