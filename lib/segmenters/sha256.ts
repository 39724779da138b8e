import { createHash } from 'node:crypto';

/**
 * @param parts what was read of `file`, in the order in which it is loaded
 * @returns the SHA-256 of all bytes, as if they were one file
 * @throws Error when it is not the one that the manifest says
 */
export function checkSha256(file: string, expected: string, parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  const sha256 = hash.digest('hex');
  if (sha256 !== expected) throw new Error(`${file} has sha256 ${sha256}, the manifest says ${expected}`);
  return sha256;
}
