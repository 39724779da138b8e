import { DresscutError } from '../../errors';
import { maxBodyBytes } from '../limits';
import { fromBase64 } from '../request/base64';
import { type Reading, readBody } from '../request/body';
import { type Entries, type Field, isFile, mediaOf, merge, queryEntries, textEntries } from '../request/fields';
import { parseJson } from '../request/json';
import { parseMultipart } from '../request/multipart';
import { checkLength, refuseCoding } from '../request/read';
import { parseUrlEncoded } from '../request/url-encoded';

/** What one call brings. */
export interface RemovebgCall {
  /** `null` where there is none; a call may bring an address instead, which deserves an answer of its own. */
  readonly photo: Uint8Array<ArrayBuffer> | null;
  /** Every other parameter, as text or as JSON's own types. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** The photo as a file of a form, and as base64 text. */
const FILE = 'image_file';
const BASE64 = 'image_file_b64';

/**
 * Photo and parameters of a call in remove.bg's words: a form of either kind, or JSON.
 *
 * @param maxBytes of the photo itself
 * @throws DresscutError `no-photo`, `too-large`, `malformed-body`, `invalid-option`, `unsupported-format`,
 * `out-of-time`, `busy`
 */
export async function readRemovebg(request: Request, maxBytes: number, reading: Reading): Promise<RemovebgCall> {
  refuseCoding(request);
  const body = await readBody(request, maxBodyBytes({ maxBytes }), 'body', reading);
  const { photos, entries, names } = await readParts(body, request.headers.get('content-type') ?? '');
  // Before anything is said of its names: what curl sends by default calls itself a form, whatever it is.
  if (!names.some((name) => name.startsWith('image_'))) throw noPhoto('The call holds no photo.');
  const record = merge(queryEntries(request), entries);
  // A browser sends an input without a file as an empty one.
  const filled = photos.filter(({ length }) => length > 0);
  if (filled.length > 1) throw new DresscutError('invalid-option', 'The call holds more than one photo: send one.');
  const photo = filled[0] ?? photos[0] ?? null;
  if (photo !== null) checkLength(photo.length, maxBytes);
  return { photo, record };
}

/** @throws DresscutError `no-photo` */
export function present(photo: Uint8Array<ArrayBuffer> | null): Uint8Array<ArrayBuffer> {
  if (photo !== null) return photo;
  throw noPhoto('The call holds no photo.');
}

interface Parts {
  readonly photos: readonly Uint8Array<ArrayBuffer>[];
  readonly entries: Entries;
  /** Of everything in the body. */
  readonly names: readonly string[];
}

async function readParts(body: Uint8Array<ArrayBuffer>, type: string): Promise<Parts> {
  const media = mediaOf(type);
  if (media === 'multipart/form-data') return readForm(await parseMultipart(body, type));
  if (media === 'application/x-www-form-urlencoded') return readForm(await parseUrlEncoded(body, [BASE64]));
  if (media === 'application/json') return readJson(body);
  throw noPhoto('The call is neither a form nor JSON.');
}

async function readForm(fields: readonly Field[]): Promise<Parts> {
  const isPhoto = (field: Field) => field.name === BASE64 || (field.name === FILE && isFile(field));
  const others = fields.filter((field) => !isPhoto(field));
  if (others.some(({ name, content }) => name === FILE && content.length > 0)) {
    throw noPhoto(`The parameter ${FILE} is no file.`);
  }
  const photos = await Promise.all(
    fields
      .filter((field) => isPhoto(field) && (field.name === FILE || field.content.length > 0))
      .map(({ name, content }) => (name === FILE ? content : fromBase64(content))),
  );
  const entries = textEntries(others.filter(({ name }) => name !== FILE));
  return { photos, entries, names: fields.map(({ name }) => name) };
}

async function readJson(body: Uint8Array<ArrayBuffer>): Promise<Parts> {
  const { photo, members } = await parseJson(body, BASE64, `{"${BASE64}": "<base64>"}`);
  const { [FILE]: file, [BASE64]: other, ...rest } = members;
  if (isGiven(file)) throw noPhoto(`The parameter ${FILE} is no file.`);
  if (isGiven(other)) throw new DresscutError('invalid-option', `Expected ${BASE64} to be base64 text.`);
  const photos = photo === null || photo.length === 0 ? [] : [photo];
  const names = [...Object.keys(members), ...(photo === null ? [] : [BASE64])];
  return { photos, entries: Object.entries(rest), names };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function noPhoto(what: string): DresscutError {
  const how = `Send the photo as the file ${FILE} of a form, or as base64 text in ${BASE64}.`;
  return new DresscutError('no-photo', `${what} ${how}`);
}
