import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { OPENCV_SOURCE, splitOpenCv } from '../../layers/opencv';
import type { OpenCv } from '../../lib/opencv';

const ROOT = join(__dirname, '..', '..');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dresscut-opencv-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('OpenCV starts from its two files, and computes', async () => {
  const { code, wasm } = await splitOpenCv(ROOT);
  expect(code.length).toBeLessThan(1e6);
  await writeFile(join(folder, 'opencv.js'), code);
  await writeFile(join(folder, 'opencv.wasm'), wasm);
  const cv = await (require(join(folder, 'opencv.js')) as Promise<OpenCv>);
  const mat = cv.Mat.zeros(2, 3, cv.CV_8UC1);
  expect(Array.from(mat.data)).toEqual([0, 0, 0, 0, 0, 0]);
  mat.delete();
}, 60_000);

test.each([
  ['nothing of what is looked for', 'module.exports = {};'],
  ['no text', 'function binaryDecode(bin){return o}function findWasmBinary(){return binaryDecode(bytes)}'],
  [
    'another text',
    "function binaryDecode(bin){let o=Uint8Array.of(1, 2, 3, 4);return o}function findWasmBinary(){return binaryDecode('no')}",
  ],
])('a package that holds %s is refused by name', async (_, source) => {
  const file = join(folder, OPENCV_SOURCE);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, source);
  await expect(splitOpenCv(folder)).rejects.toThrow(/opencv\.js holds .*see layers\/opencv\.ts/);
});
