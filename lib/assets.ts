import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A file that travels beside the code: pages, styles, pictures. Whoever bundles the code puts the files of `lib` that
 * are no TypeScript beside the bundle, at the same paths (`layers/function.ts` does).
 *
 * @param path below `lib`, with forward slashes
 * @throws Error ENOENT when the file did not come along
 */
export function readAsset(path: string): Buffer {
  return readFileSync(join(__dirname, ...path.split('/')));
}
