import { DresscutError } from '../../errors';
import { photoTooLarge } from '../../photo-size';
import { sniff } from '../../pipeline/formats';
import { maxBodyBytes } from '../limits';
import { type Reading, readBody } from './body';
import { type Entries, type Field, isFile, mediaOf, merge, queryEntries, textEntries } from './fields';
import { parseJson } from './json';
import { parseMultipart } from './multipart';

/** What one call brings: the photo, and its options as they were written. */
export interface Call {
  readonly photo: Uint8Array<ArrayBuffer>;
  /** Option names to values: text from a query or form, any type from JSON. */
  readonly record: Readonly<Record<string, unknown>>;
}

/**
 * Photo and options from a raw body, a form (`multipart/form-data`, the file in `photo`) or JSON
 * (`{"photo": "<base64>"}`). Any Content-Type but those two means a raw body: what it is, its bytes tell.
 *
 * @param maxBytes of the photo itself
 * @throws DresscutError `no-photo`, `too-large`, `malformed-body`, `invalid-option`, `unsupported-format`,
 * `out-of-time`, `busy`
 */
export async function readCall(request: Request, maxBytes: number, reading: Reading): Promise<Call> {
  refuseCoding(request);
  const { photo, entries } = await readAs(request, maxBytes, reading);
  const record = merge(queryEntries(request), entries);
  checkLength(photo.length, maxBytes);
  return { photo, record };
}

/** @throws DresscutError `unsupported-format` */
export function refuseCoding(request: Request): void {
  const coding = request.headers.get('content-encoding') || 'identity';
  if (coding.trim().toLowerCase() === 'identity') return;
  throw new DresscutError('unsupported-format', 'Send the body without a Content-Encoding; photos are compressed.');
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

interface Parts {
  readonly photo: Uint8Array<ArrayBuffer>;
  readonly entries: Entries;
}

async function readAs(request: Request, maxBytes: number, reading: Reading): Promise<Parts> {
  const type = request.headers.get('content-type') ?? '';
  const media = mediaOf(type);
  const most = maxBodyBytes({ maxBytes });
  if (media === 'multipart/form-data') {
    return readForm(await parseMultipart(await readBody(request, most, 'form', reading), type));
  }
  if (media === 'application/json') {
    return readJson(await readBody(request, most, 'JSON body', reading));
  }
  return { photo: await readBody(request, maxBytes, 'photo', reading), entries: [] };
}

function readForm(fields: readonly Field[]): Parts {
  const photos = fields.filter(({ name }) => name === 'photo');
  const [photo] = photos;
  if (photo === undefined || photos.length > 1) throw noFile(String(photos.length));
  if (!isFile(photo)) throw noFile(`text${whatText(photo)}`);
  return { photo: photo.content, entries: textEntries(fields.filter((field) => field !== photo)) };
}

function whatText({ content }: Field): string {
  const { found } = sniff(content) as { found: string };
  return found === 'text' || found === 'an empty file' ? '' : `: ${found}`;
}

function noFile(received: string): DresscutError {
  return new DresscutError('no-photo', `Expected one file in the form's field photo, received ${received}.`);
}

async function readJson(body: Uint8Array<ArrayBuffer>): Promise<Parts> {
  const { photo, members } = await parseJson(body, 'photo', '{"photo": "<base64>"}');
  if (photo === null) {
    throw new DresscutError('no-photo', 'Expected the photo as base64 text in the member "photo".');
  }
  return { photo, entries: Object.entries(members) };
}
