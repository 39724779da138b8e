import { DresscutError } from '../../errors';
import { MAX_OTHER_BYTES, MAX_STROKES_BYTES } from '../limits';
import { fromBase64 } from './base64';
import { STROKES, tooMuch } from './fields';
import { sliceEnds } from './slices';
import { digit } from './url-encoded';

/** Options are flat, strokes are lists of points. */
const MAX_DEPTH = 8;

const [QUOTE, BACKSLASH, COLON, COMMA, LETTER_U] = ['"', '\\', ':', ',', 'u'].map((sign) => sign.charCodeAt(0));
const OPENING = new Set([...'{['].map((sign) => sign.charCodeAt(0)));
const CLOSING = new Set([...'}]'].map((sign) => sign.charCodeAt(0)));

/** A JSON object: the photo as bytes, everything else parsed. */
export interface JsonBody {
  /** `null` where the member is missing or no text. */
  readonly photo: Uint8Array<ArrayBuffer> | null;
  /** All members but a photo that is text. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** Where a text stands, without its quotation marks. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The photo is found and cut out before anything is parsed: `JSON.parse` takes minutes and gigabytes for millions of
 * members, which 33 MB of room for a photo would leave space for.
 *
 * @param photo name of the member that holds the photo as base64; `null` where none belongs
 * @param example of what is expected, for the message
 * @throws DresscutError `malformed-body`; `too-large` when what is not the photo is larger than options are
 */
export async function parseJson(
  body: Uint8Array<ArrayBuffer>,
  photo: string | null,
  example: string,
): Promise<JsonBody> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const span = findPhoto(bytes, photo);
  const rest = span === null ? bytes : Buffer.concat([bytes.subarray(0, span.start), bytes.subarray(span.end)]);
  const members = parseObject(rest, example);
  if (span === null || photo === null) return { photo: null, members };
  delete members[photo];
  return { photo: await fromBase64(await unescaped(bytes.subarray(span.start, span.end))), members };
}

function parseObject(bytes: Uint8Array, example: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw noJson(cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DresscutError('malformed-body', `Expected a JSON object such as ${example}.`);
  }
  return value as Record<string, unknown>;
}

/** Where the photo's text stands; looks at every other byte once, and at no more of them than may be there. */
function findPhoto(bytes: Buffer, photo: string | null): Span | null {
  let found: Span | null = null;
  let depth = 0;
  // Bytes of what is neither photo nor strokes, and of the strokes.
  const counted = { others: 0, strokes: 0 };
  let member: 'others' | 'strokes' = 'others';
  let last: Span | null = null;
  let key: string | null = null;
  let latest: string | null = null;
  const names = new Set<string>();
  for (let at = 0; at < bytes.length; at++) {
    const sign = bytes[at] as number;
    if (sign === QUOTE) {
      last = { start: at + 1, end: endOfText(bytes, at + 1) };
      at = last.end;
      if (photo !== null && key === photo && depth === 1) {
        found = last;
      } else counted[member] += last.end - last.start;
      key = null;
    } else if (sign === COLON && last !== null) {
      key = nameIn(bytes, last);
      latest = key;
      last = null;
      if (depth === 1) {
        // JSON.parse takes the last one without a word.
        if (names.has(key)) throw new DresscutError('malformed-body', `The member "${key}" is given twice.`);
        names.add(key);
        member = key === STROKES ? 'strokes' : 'others';
      }
    } else if (sign === COMMA) key = null;
    else if (OPENING.has(sign)) depth++;
    else if (CLOSING.has(sign)) depth--;
    counted[member]++;
    if (depth > MAX_DEPTH) throw new DresscutError('malformed-body', `The JSON is nested deeper than ${MAX_DEPTH}.`);
    if (counted.others > MAX_OTHER_BYTES || counted.strokes > MAX_STROKES_BYTES) {
      const where = latest === null ? 'the JSON text' : `the member ${JSON.stringify(latest)}`;
      throw tooMuch(where, photo === null || found ? '' : ` The photo belongs in the member "${photo}".`);
    }
  }
  return found;
}

/** The first bytes of a name, as `JSON.parse` will read it. */
function nameIn(bytes: Buffer, { start, end }: Span): string {
  const name = bytes.toString('utf8', start, Math.min(end, start + 60));
  if (!name.includes('\\')) return name;
  try {
    return JSON.parse(`"${name}"`);
  } catch {
    // Cut within an escape, or no JSON, which is said once all of it is read.
    return name;
  }
}

/** The quotation mark that ends a text: the first with an even number of backslashes before it. */
function endOfText(bytes: Buffer, start: number): number {
  let escaped = 0;
  for (let at = bytes.indexOf('"', start); at >= 0; at = bytes.indexOf('"', at + 1)) {
    let before = at;
    while (before > start && bytes[before - 1] === BACKSLASH) before--;
    if ((at - before) % 2 === 0) return at;
    // Base64 has no quotation marks: it is some other text that is so long.
    if (++escaped > MAX_OTHER_BYTES) throw tooMuch('a text');
  }
  throw noJson();
}

/** What an escape stands for in a text that is base64, by the byte after the backslash; 0 is nothing of it. */
const ESCAPES = new Uint8Array(256);
for (const [letter, sign] of ['//', 'n\n', 'r\r', 't\t'].map((pair) => [...pair])) {
  ESCAPES[letter?.charCodeAt(0) ?? 0] = sign?.charCodeAt(0) ?? 0;
}

/** PHP writes `\/` for every slash. */
async function unescaped(text: Buffer<ArrayBuffer>): Promise<Buffer<ArrayBuffer>> {
  if (!text.includes('\\')) return text;
  const plain = Buffer.allocUnsafe(text.length);
  let length = 0;
  let at = 0;
  for await (const end of sliceEnds(text.length)) {
    for (; at < end; at++) {
      const sign = text[at] as number;
      if (sign !== BACKSLASH) plain[length++] = sign;
      else {
        at++;
        const code = 16 * digit(text[at + 3]) + digit(text[at + 4]);
        const unicode = text[at] === LETTER_U && !Number.isNaN(code);
        plain[length++] = unicode ? code : (ESCAPES[text[at] ?? 0] ?? 0);
        if (unicode) at += 4;
      }
    }
  }
  return plain.subarray(0, length);
}

function noJson(cause?: unknown): DresscutError {
  return new DresscutError('malformed-body', 'The body is no JSON text.', { cause });
}
