import { type Field, MAX_FIELDS, tooMany } from './fields';
import { sliceEnds } from './slices';

const [PERCENT, PLUS, SPACE] = ['%', '+', ' '].map((sign) => sign.charCodeAt(0));

/**
 * The pairs of an `application/x-www-form-urlencoded` body, as the URL standard reads them.
 *
 * @param base64 names whose values are base64: in them a `+` is a `+`, because base64 has no spaces and who did not
 * escape it meant one
 * @throws DresscutError `malformed-body` when there are too many
 */
export async function parseUrlEncoded(body: Uint8Array<ArrayBuffer>, base64: readonly string[]): Promise<Field[]> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const fields: Field[] = [];
  let start = 0;
  for (let pairs = 0; start <= bytes.length; pairs++) {
    if (pairs === MAX_FIELDS) throw tooMany('fields');
    const ampersand = bytes.indexOf('&', start);
    const end = ampersand < 0 ? bytes.length : ampersand;
    const equals = bytes.subarray(start, end).indexOf('=');
    const nameEnd = equals < 0 ? end : start + equals;
    const name = new TextDecoder().decode(await unescaped(body.subarray(start, nameEnd), SPACE));
    const value = body.subarray(Math.min(nameEnd + 1, end), end);
    const plus = base64.includes(name) ? PLUS : SPACE;
    if (end > start) fields.push({ name, content: await unescaped(value, plus), file: false });
    start = end + 1;
  }
  return fields;
}

/** @param plus the byte that a `+` stands for */
async function unescaped(text: Uint8Array, plus: number | undefined): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let at = 0;
  for await (const end of sliceEnds(text.length)) {
    for (; at < end; at++) {
      const sign = text[at] as number;
      const code = sign === PERCENT ? 16 * digit(text[at + 1]) + digit(text[at + 2]) : Number.NaN;
      if (sign === PLUS && plus !== undefined) bytes[length++] = plus;
      else if (Number.isNaN(code)) bytes[length++] = sign;
      else {
        bytes[length++] = code;
        at += 2;
      }
    }
  }
  return bytes.subarray(0, length);
}

/** A hexadecimal digit's value, or NaN. */
export function digit(sign = 0): number {
  if (sign >= 48 && sign <= 57) return sign - 48;
  const letter = sign | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : Number.NaN;
}
