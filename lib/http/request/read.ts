import { DresscutError } from '../../errors';
import { photoTooLarge } from '../../photo-size';
import { readBody } from './body';
import { parseMultipart } from './multipart';

/** What one call brings: the photo, and its options as they were written. */
export interface Call {
  readonly photo: Uint8Array;
  /** Option names to values: text from a query or form, any type from JSON. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** Room for everything in a form or a JSON text that is not the photo. */
export const ENVELOPE = 64 * 1024;

/**
 * Photo and options from a raw body, a form (`multipart/form-data`, the file in `photo`) or JSON
 * (`{"photo": "<base64>"}`). Any Content-Type but those two means a raw body: what it is, its bytes tell.
 *
 * @param maxBytes of the photo itself
 * @throws DresscutError `no-photo`, `too-large`, `malformed-body`, `invalid-option`, `unsupported-format`
 */
export async function readCall(request: Request, maxBytes: number): Promise<Call> {
  refuseCoding(request);
  const type = request.headers.get('content-type') ?? '';
  const { photo, entries } = await readAs(mediaOf(type), type, request, maxBytes);
  const record = merge(entriesOf(new URL(request.url).searchParams), entries);
  checkLength(photo.length, maxBytes);
  return { photo, record };
}

/** @throws DresscutError `unsupported-format` */
export function refuseCoding(request: Request): void {
  const coding = request.headers.get('content-encoding') ?? 'identity';
  if (coding.trim().toLowerCase() === 'identity') return;
  throw new DresscutError('unsupported-format', 'Send the body without a Content-Encoding; photos are compressed.');
}

/** A Content-Type without its parameters. */
export function mediaOf(type: string): string {
  return type.split(';')[0]?.trim().toLowerCase() ?? '';
}

/**
 * @param bytes of a photo
 * @throws DresscutError `no-photo`, `too-large`
 */
export function checkLength(bytes: number, maxBytes: number): void {
  if (bytes === 0)
    throw new DresscutError('no-photo', 'The call holds no photo: it has 0 bytes.', { facts: { bytes } });
  if (bytes > maxBytes) throw photoTooLarge(bytes, maxBytes);
}

export type Entries = readonly (readonly [string, unknown])[];
interface Parts {
  readonly photo: Uint8Array;
  readonly entries: Entries;
}

async function readAs(media: string, type: string, request: Request, maxBytes: number): Promise<Parts> {
  if (media === 'multipart/form-data') return readForm(await readBody(request, maxBytes + ENVELOPE, 'form'), type);
  if (media === 'application/json') {
    return readJson(await readBody(request, Math.ceil(maxBytes / 3) * 4 + ENVELOPE, 'JSON body'));
  }
  return { photo: await readBody(request, maxBytes, 'photo'), entries: [] };
}

async function readForm(body: Uint8Array<ArrayBuffer>, type: string): Promise<Parts> {
  const form = await parseForm(body, type);
  const photos = form.getAll('photo');
  const [photo] = photos;
  if (photo === undefined || typeof photo === 'string' || photos.length > 1) {
    const found = photos.length === 1 ? 'text' : String(photos.length);
    throw new DresscutError('no-photo', `Expected one file in the form's field photo, received ${found}.`);
  }
  form.delete('photo');
  return { photo: new Uint8Array(await photo.arrayBuffer()), entries: entriesOf(form) };
}

function readJson(body: Uint8Array): Parts {
  const { photo, ...options } = parseObject(body, '{"photo": "<base64>"}');
  if (typeof photo !== 'string') {
    throw new DresscutError('no-photo', 'Expected the photo as base64 text in the member "photo".');
  }
  return { photo: fromBase64(photo), entries: Object.entries(options) };
}

/** @throws DresscutError `malformed-body` */
export async function parseForm(body: Uint8Array<ArrayBuffer>, type: string): Promise<FormData> {
  if (mediaOf(type) === 'multipart/form-data') return parseMultipart(body, type);
  return new Response(body, { headers: { 'content-type': type } }).formData().catch((cause: unknown) => {
    throw new DresscutError('malformed-body', 'The body is no form as its Content-Type describes it.', { cause });
  });
}

/**
 * @param example of what is expected, for the message
 * @throws DresscutError `malformed-body`
 */
export function parseObject(body: Uint8Array, example: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw new DresscutError('malformed-body', 'The body is no JSON text.', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DresscutError('malformed-body', `Expected a JSON object such as ${example}.`);
  }
  return value as Record<string, unknown>;
}

/**
 * Base64 or base64url, line breaks and a `data:` prefix allowed. Node alone would skip what is no base64.
 * @throws DresscutError `malformed-body`
 */
export function fromBase64(text: string): Uint8Array {
  const bare = text.replace(/^data:[^,]{0,100},/, '').replaceAll(/\s/g, '');
  // Looks for one wrong character: to match 33 MB of right ones would overflow the expression's stack.
  if (/[^\w+/-]/.test(bare.replace(/={1,2}$/, '')))
    throw new DresscutError('malformed-body', 'The photo is not valid base64.');
  return Buffer.from(bare, 'base64');
}

/** Fields of a query or form; a file where no photo belongs is named as one. */
export function entriesOf(fields: Iterable<readonly [string, unknown]>): Entries {
  return [...fields].map(([name, value]) => [name, typeof value === 'string' ? value : 'a file']);
}

/** @throws DresscutError `invalid-option` for a name that is given twice */
export function merge(...groups: readonly Entries[]): Record<string, unknown> {
  const record = new Map<string, unknown>();
  for (const [name, value] of groups.flat()) {
    if (record.has(name)) {
      const option = name.slice(0, 60);
      throw new DresscutError('invalid-option', `The option ${JSON.stringify(option)} is given twice.`, {
        facts: { option },
      });
    }
    record.set(name, value);
  }
  return Object.fromEntries(record);
}
