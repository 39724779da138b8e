import { DresscutError } from '../../errors';
import { sliceEnds } from './slices';

/** `data:image/jpeg;base64,` and the like. */
const MAX_PREFIX = 100;
const SPACES = [...' \t\r\n'].map((sign) => sign.charCodeAt(0));
const IS_SPACE = Uint8Array.from({ length: 256 }, (_, sign) => Number(SPACES.includes(sign)));

/**
 * Base64 or base64url, line breaks and a `data:` prefix allowed. Node alone would skip what is no base64: here the
 * length of each slice tells whether it skipped anything.
 *
 * @param text its bytes
 * @throws DresscutError `malformed-body`
 */
export async function fromBase64(text: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const prefix = bytes.toString('latin1', 0, MAX_PREFIX + 1);
  const start = /^\s*data:/i.test(prefix) ? prefix.indexOf(',') + 1 : 0;
  const digits = await withoutSpaces(bytes.subarray(start));
  const ending = digits.toString('latin1', digits.length - 2);
  const padding = ending.endsWith('==') ? 2 : ending.endsWith('=') ? 1 : 0;
  const count = digits.length - padding;
  const decoded = Buffer.allocUnsafe(Math.floor((3 * count) / 4));
  let from = 0;
  for await (const to of sliceEnds(count)) {
    const at = (3 * from) / 4;
    const length = decoded.write(digits.toString('latin1', from, to), at, 'base64');
    if (count % 4 === 1 || length !== Math.floor((3 * to) / 4) - at) {
      throw new DresscutError('malformed-body', 'The photo is not valid base64.');
    }
    from = to;
  }
  return decoded;
}

/** Most clients write none: then nothing is copied. */
async function withoutSpaces(bytes: Buffer<ArrayBuffer>): Promise<Buffer<ArrayBuffer>> {
  if (!SPACES.some((space) => bytes.includes(space))) return bytes;
  const kept = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let at = 0;
  for await (const end of sliceEnds(bytes.length)) {
    for (; at < end; at++) {
      const sign = bytes[at] as number;
      if (IS_SPACE[sign] === 0) kept[length++] = sign;
    }
  }
  return kept.subarray(0, length);
}
