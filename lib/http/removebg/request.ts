import { DresscutError } from '../../errors';
import { readBody } from '../request/body';
import {
  checkLength,
  ENVELOPE,
  type Entries,
  entriesOf,
  fromBase64,
  mediaOf,
  merge,
  parseForm,
  parseObject,
  refuseCoding,
} from '../request/read';

/** What one call brings. */
export interface RemovebgCall {
  /** `null` where there is none; a call may bring an address instead, which deserves an answer of its own. */
  readonly photo: Uint8Array | null;
  /** Every other parameter, as text or as JSON's own types. */
  readonly record: Readonly<Record<string, unknown>>;
}

/**
 * Photo and parameters of a call in remove.bg's words: a form of either kind, or JSON.
 *
 * @param maxBytes of the photo itself
 * @throws DresscutError `no-photo`, `too-large`, `malformed-body`, `invalid-option`, `unsupported-format`
 */
export async function readRemovebg(request: Request, maxBytes: number): Promise<RemovebgCall> {
  refuseCoding(request);
  // Base64 takes a third more; in a form without files, its + and / take three characters each.
  const body = await readBody(request, Math.ceil(maxBytes * 1.5) + ENVELOPE, 'body');
  const fields = await readFields(body, request.headers.get('content-type') ?? '');
  // Before anything is said of its names: what curl sends by default calls itself a form, whatever it is.
  if (!fields.some(([name]) => name.startsWith('image_'))) throw noPhoto('The call holds no photo.');
  const files = fields.filter(([name, value]) => name === 'image_file' && value instanceof Blob);
  const texts = fields.filter((field) => !files.includes(field));
  const query = new URL(request.url).searchParams;
  const { image_file, image_file_b64, ...record } = merge(entriesOf(query), texts.map(withoutFile));
  if (isGiven(image_file)) throw noPhoto('The parameter image_file is no file.');
  const given = [...files.map(([, file]) => file as Blob), ...[image_file_b64].filter(isGiven)];
  // A browser sends an input without a file as an empty one.
  const filled = given.filter((each) => !(each instanceof Blob) || each.size > 0);
  const photos = filled.length > 0 ? filled : given;
  if (photos.length > 1) {
    throw new DresscutError('invalid-option', 'The call holds more than one photo: send one.');
  }
  const photo = photos.length === 0 ? null : await bytesOf(photos[0]);
  if (photo !== null) checkLength(photo.length, maxBytes);
  return { photo, record };
}

/** @throws DresscutError `no-photo` */
export function present(photo: Uint8Array | null): Uint8Array {
  if (photo !== null) return photo;
  throw noPhoto('The call holds no photo.');
}

async function readFields(body: Uint8Array<ArrayBuffer>, type: string): Promise<Entries> {
  const media = mediaOf(type);
  if (media === 'application/json') return Object.entries(parseObject(body, '{"image_file_b64": "<base64>"}'));
  if (media === 'multipart/form-data' || media === 'application/x-www-form-urlencoded') {
    const fields: Entries = [...(await parseForm(body, type))];
    // In a form of this kind a + stands for a space, and base64 has no spaces: who did not escape it meant a +.
    return media === 'multipart/form-data' ? fields : fields.map(withPluses);
  }
  throw noPhoto('The call is neither a form nor JSON.');
}

/** A file where a text belongs keeps its name, so that the refusal can say it. */
function withoutFile([name, value]: Entries[number]): Entries[number] {
  return [name, value instanceof Blob ? 'a file' : value];
}

function withPluses([name, value]: Entries[number]): Entries[number] {
  return [name, name === 'image_file_b64' && typeof value === 'string' ? value.replaceAll(' ', '+') : value];
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

async function bytesOf(photo: unknown): Promise<Uint8Array> {
  if (photo instanceof Blob) return new Uint8Array(await photo.arrayBuffer());
  if (typeof photo === 'string') return fromBase64(photo);
  throw new DresscutError('invalid-option', 'Expected image_file_b64 to be base64 text.');
}

function noPhoto(what: string): DresscutError {
  const how = 'Send the photo as the file image_file of a form, or as base64 text in image_file_b64.';
  return new DresscutError('no-photo', `${what} ${how}`);
}
