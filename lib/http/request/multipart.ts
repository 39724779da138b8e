import { DresscutError } from '../../errors';
import { fromBase64 } from './base64';
import { type Field, MAX_FIELDS, tooMany } from './fields';
import { sliceEnds } from './slices';
import { digit } from './url-encoded';

/** Of one part, in bytes: a name and a type take a hundred. */
const MAX_HEADERS = 8192;

const [EQUALS, RETURN] = ['=', '\r'].map((sign) => sign.charCodeAt(0));

/**
 * A form as RFC 7578 describes it, and as clients write it: names with and without quotation marks, `filename*`,
 * folded headers, a Content-Transfer-Encoding.
 *
 * Own code, because `@fastify/busboy` 3.2.6 was seen to drop a part without Content-Disposition in silence and to take
 * one with too long a head, and after its limit of parts it goes through all the others (11 s for 37 MB of empty
 * ones). It also took 12 times as long for a photo of 25 MB.
 *
 * @param type the header Content-Type
 * @returns the parts; their contents are views of `body` unless they had to be decoded
 * @throws DresscutError `malformed-body`
 */
export async function parseMultipart(body: Uint8Array<ArrayBuffer>, type: string): Promise<Field[]> {
  const boundary = parametersOf(type).get('boundary');
  if (boundary === undefined || boundary === '') throw malformed('names no boundary');
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = `\r\n--${boundary}`;
  const fields: Field[] = [];
  // The first delimiter may stand at the very beginning, without a line before it.
  let at = bytes.subarray(0, delimiter.length - 2).equals(Buffer.from(delimiter.slice(2), 'latin1'))
    ? delimiter.length - 2
    : next(bytes, delimiter, 0) + delimiter.length;
  while (bytes.toString('latin1', at, at + 2) !== '--') {
    if (fields.length === MAX_FIELDS) throw tooMany('parts');
    const headersEnd = next(bytes, '\r\n\r\n', at);
    if (headersEnd - at > MAX_HEADERS) throw malformed('has a part with too long a head');
    const end = next(bytes, delimiter, headersEnd + 4);
    fields.push(await fieldOf(headersOf(bytes.toString('utf8', at, headersEnd)), body.subarray(headersEnd + 4, end)));
    at = end + delimiter.length;
  }
  return fields;
}

async function fieldOf(headers: ReadonlyMap<string, string>, content: Uint8Array<ArrayBuffer>): Promise<Field> {
  const disposition = headers.get('content-disposition') ?? '';
  const parameters = parametersOf(disposition);
  const name = parameters.get('name');
  if (!/^form-data\s*;/i.test(disposition) || name === undefined) throw malformed('holds a part without a name');
  const type = headers.get('content-type') ?? 'text/plain';
  const file = parameters.has('filename') || parameters.has('filename*') || !/^(text\/|application\/json)/i.test(type);
  return { name, file, content: await decoded(content, headers.get('content-transfer-encoding') ?? 'binary') };
}

/** Browsers never encode a part; libraries for e-mail do. */
async function decoded(content: Uint8Array<ArrayBuffer>, encoding: string): Promise<Uint8Array<ArrayBuffer>> {
  const name = encoding.trim().toLowerCase();
  if (['binary', '8bit', '7bit'].includes(name)) return content;
  if (name === 'base64') return fromBase64(content);
  if (name === 'quoted-printable') return fromQuotedPrintable(content);
  throw malformed(`has a part in the Content-Transfer-Encoding ${JSON.stringify(encoding.slice(0, 60))}`);
}

/** RFC 2045, section 6.7: `=41` is a sign, `=` at the end of a line joins it to the next. */
async function fromQuotedPrintable(content: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(content.length);
  let length = 0;
  let at = 0;
  for await (const end of sliceEnds(content.length)) {
    for (; at < end; at++) {
      const sign = content[at] as number;
      const code = 16 * digit(content[at + 1]) + digit(content[at + 2]);
      if (sign !== EQUALS) bytes[length++] = sign;
      else if (Number.isNaN(code)) at += content[at + 1] === RETURN ? 2 : 1;
      else {
        bytes[length++] = code;
        at += 2;
      }
    }
  }
  return bytes.subarray(0, length);
}

/** A part's headers by their names in lower case; a line that begins with a space goes on with the one before. */
function headersOf(head: string): Map<string, string> {
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

/** A header's parameters by their names in lower case, their values in quotation marks or without. */
function parametersOf(header: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const match of header.matchAll(/;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/g)) {
    const [, name = '', quoted, bare = ''] = match;
    const value = quoted?.replaceAll(/\\(["\\])/g, '$1') ?? bare;
    if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), value);
  }
  return parameters;
}

function next(bytes: Buffer, what: string, from: number): number {
  const at = bytes.indexOf(what, from, 'latin1');
  if (at < 0) throw malformed('breaks off');
  return at;
}

function malformed(what: string): DresscutError {
  return new DresscutError('malformed-body', `The form ${what}; its Content-Type and its body must agree.`);
}
