import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

/** Of the package that is taken apart. */
export const OPENCV_SOURCE = 'node_modules/@techstark/opencv-js/dist/opencv.js';

/** What stands around the WebAssembly in the package's one file, a text of 12 million characters. */
const BEFORE = 'function findWasmBinary(){return binaryDecode(';
const DECODER = /function binaryDecode\(bin\)\{.*?return o\}/;

/**
 * OpenCV.js in two files that lie side by side, as its own build would leave them without `SINGLE_FILE`: its code, and
 * its WebAssembly as bytes. Half of the time that OpenCV takes to start goes into reading those bytes out of a text.
 *
 * @throws Error where the package looks different from the version that this was written for
 */
export async function splitOpenCv(root: string): Promise<{ readonly code: Buffer; readonly wasm: Buffer }> {
  const source = await readFile(join(root, OPENCV_SOURCE), 'utf8');
  const start = source.indexOf(BEFORE) + BEFORE.length;
  const end = endOfText(source, start);
  const decoder = DECODER.exec(source)?.[0];
  if (start < BEFORE.length || end < 0 || decoder === undefined) throw changed('holds no text of WebAssembly');
  const bytes = runInNewContext(`${decoder}; binaryDecode(${source.slice(start, end)})`) as Uint8Array;
  const wasm = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (wasm.toString('latin1', 0, 4) !== '\0asm') throw changed('holds something else than WebAssembly');
  const open = start - 'binaryDecode('.length;
  const code = `${source.slice(0, open)}require("fs").readFileSync(__dirname+"/opencv.wasm")${source.slice(end + 1)}`;
  return { code: Buffer.from(code), wasm };
}

/** Where a text in quotes that begins at `start` ends, its last quote included; -1 where none begins or ends. */
function endOfText(source: string, start: number): number {
  const quote = source[start];
  if (quote !== "'" && quote !== '"') return -1;
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === quote) return at + 1;
  }
  return -1;
}

const changed = (what: string): Error => new Error(`${OPENCV_SOURCE} ${what}: see layers/opencv.ts.`);
