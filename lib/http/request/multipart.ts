import { DresscutError } from '../../errors';

/** Of one part, in bytes: a name and a type take a hundred. */
const MAX_HEADERS = 8192;

/**
 * A form as RFC 7578 describes it. The platform's own reader wants names in quotation marks and no `filename*`, which
 * is not what .NET's client sends, and takes a short boundary's letters inside a photo for the end of it.
 *
 * @param type the header Content-Type
 * @throws DresscutError `malformed-body`
 */
export function parseMultipart(body: Uint8Array<ArrayBuffer>, type: string): FormData {
  const boundary = parameter(type, 'boundary');
  if (boundary === undefined || boundary === '') throw malformed('names no boundary');
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = `\r\n--${boundary}`;
  const form = new FormData();
  // The first delimiter may stand at the very beginning, without a line before it.
  let at = bytes.subarray(0, delimiter.length - 2).equals(Buffer.from(delimiter.slice(2)))
    ? delimiter.length - 2
    : next(bytes, delimiter, 0) + delimiter.length;
  while (bytes.toString('latin1', at, at + 2) !== '--') {
    const headersEnd = next(bytes, '\r\n\r\n', at);
    if (headersEnd - at > MAX_HEADERS) throw malformed('has a part with too long a head');
    const end = next(bytes, delimiter, headersEnd + 4);
    append(form, bytes.toString('utf8', at, headersEnd), body.subarray(headersEnd + 4, end));
    at = end + delimiter.length;
  }
  return form;
}

function append(form: FormData, headers: string, content: Uint8Array<ArrayBuffer>): void {
  const disposition = /^content-disposition:\s*form-data\s*;(.*)$/im.exec(headers)?.[1];
  const name = disposition === undefined ? undefined : parameter(`;${disposition}`, 'name');
  if (disposition === undefined || name === undefined) throw malformed('holds a part without a name');
  const isFile = /;\s*filename\*?\s*=/i.test(`;${disposition}`);
  if (isFile) form.append(name, new Blob([content]));
  else form.append(name, new TextDecoder().decode(content));
}

/** A header's parameter, in quotation marks or without. */
function parameter(header: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;"]+))`, 'i').exec(header);
  return match?.[1]?.replaceAll(/\\(["\\])/g, '$1') ?? match?.[2];
}

function next(bytes: Buffer, what: string, from: number): number {
  const at = bytes.indexOf(what, from, 'latin1');
  if (at < 0) throw malformed('breaks off');
  return at;
}

function malformed(what: string): DresscutError {
  return new DresscutError('malformed-body', `The form ${what}; its Content-Type and its body must agree.`);
}
