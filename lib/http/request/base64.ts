import { DresscutError } from '../../errors';

/** `data:image/jpeg;base64,` and the like. */
const MAX_PREFIX = 100;
const SPACES = [...' \t\r\n'].map((sign) => sign.charCodeAt(0));
const IS_SPACE = Uint8Array.from({ length: 256 }, (_, sign) => Number(SPACES.includes(sign)));

/**
 * Base64 or base64url, line breaks and a `data:` prefix allowed. Node alone would skip what is no base64: here the
 * length tells whether it skipped anything.
 *
 * @param text its bytes
 * @throws DresscutError `malformed-body`
 */
export function fromBase64(text: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const prefix = bytes.toString('latin1', 0, MAX_PREFIX + 1);
  const start = /^\s*data:/i.test(prefix) ? prefix.indexOf(',') + 1 : 0;
  const digits = withoutSpaces(bytes.subarray(start)).toString('latin1');
  const padding = digits.endsWith('==') ? 2 : digits.endsWith('=') ? 1 : 0;
  const count = digits.length - padding;
  const decoded = Buffer.from(digits, 'base64');
  if (count % 4 !== 1 && decoded.length === Math.floor((3 * count) / 4)) return decoded;
  throw new DresscutError('malformed-body', 'The photo is not valid base64.');
}

/** Most clients write none: then nothing is copied. */
function withoutSpaces(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  if (!SPACES.some((space) => bytes.includes(space))) return bytes;
  const kept = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const sign = bytes[at] as number;
    if (IS_SPACE[sign] === 0) kept[length++] = sign;
  }
  return kept.subarray(0, length);
}
