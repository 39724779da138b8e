import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

const ROOT = join(__dirname, '..');
const versionIn = (folder: string): string =>
  (JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as { version: string }).version;

/** What a measurement was made on. `load`: the machine's one-minute load before it started. */
export function machine() {
  const { name, version } = JSON.parse(readFileSync(join(ROOT, 'models', 'model.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    load: loadavg()[0] as number,
    versions: {
      node: process.versions.node,
      sharp: versionIn('node_modules/sharp'),
      libvips: sharp.versions.vips,
      'onnxruntime-node': versionIn('node_modules/onnxruntime-node'),
      'opencv-js': versionIn('node_modules/@techstark/opencv-js'),
      model: `${name} ${version}`,
    },
  };
}
