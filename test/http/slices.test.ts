import { fromBase64 } from '../../lib/http/request/base64';
import { parseJson } from '../../lib/http/request/json';
import { parseMultipart } from '../../lib/http/request/multipart';
import { parseUrlEncoded } from '../../lib/http/request/url-encoded';

// Several slices, and escapes across their borders.
const PHOTO = Buffer.from(Uint32Array.from({ length: 600_001 }, (_, i) => Math.imul(i, 0x9e3779b1)).buffer);
const BASE64 = PHOTO.toString('base64');
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

/** The result, and how often others had a turn meanwhile. */
async function counted<T>(work: () => Promise<T>): Promise<{ result: T; turns: number }> {
  let turns = 0;
  let over = false;
  const count = () => {
    turns += 1;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  const result = await work();
  over = true;
  return { result, turns };
}

test.each<[string, () => Promise<Uint8Array>]>([
  ['base64', () => fromBase64(bytesOf(BASE64))],
  ['base64 in lines', () => fromBase64(bytesOf(BASE64.replaceAll(/.{75}/g, '$&\r\n')))],
  ['base64url in JSON', async () => json(PHOTO.toString('base64url'))],
  ["PHP's JSON", () => json(BASE64.replaceAll('/', '\\/'))],
  ['JSON in escapes', () => json(BASE64.replaceAll(/[A-Z]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`))],
  ['an escaped form', () => pair(encodeURIComponent(BASE64).replaceAll('A', '%41'))],
  ['a form by e-mail', () => quoted(BASE64.replaceAll('A', '=41').replaceAll(/(.{70})(?![A-F0-9]{1,2})/g, '$1=\r\n'))],
])('a large photo as %s is read to the byte, and others have their turn meanwhile', async (_, read) => {
  const { result, turns } = await counted(read);
  expect(PHOTO.equals(result)).toBe(true);
  // In one go there would be none, or one.
  expect(turns).toBeGreaterThanOrEqual(3);
});

async function json(text: string): Promise<Uint8Array> {
  return (await parseJson(bytesOf(`{"photo":"${text}"}`), 'photo', '')).photo ?? new Uint8Array(0);
}

async function pair(text: string): Promise<Uint8Array> {
  const [field] = await parseUrlEncoded(bytesOf(`a=${text}`), ['a']);
  return fromBase64(field?.content ?? new Uint8Array(0));
}

async function quoted(text: string): Promise<Uint8Array> {
  const head = 'Content-Disposition: form-data; name=a; filename=b\r\nContent-Transfer-Encoding: quoted-printable';
  const [field] = await parseMultipart(
    bytesOf(`--X\r\n${head}\r\n\r\n${text}\r\n--X--`),
    'multipart/form-data; boundary=X',
  );
  return fromBase64(field?.content ?? new Uint8Array(0));
}

test.each([
  ['in the middle', `${BASE64.slice(0, 2_000_000)}!${BASE64.slice(2_000_001)}`],
  ['of padding that ends a slice', `${BASE64.slice(0, 999_998)}==${BASE64.slice(1_000_000)}`],
  ['of a digit too many', `${BASE64}A`],
])('a sign %s that is no base64 is malformed', async (_, text) => {
  await expect(fromBase64(bytesOf(text))).rejects.toMatchObject({ code: 'malformed-body' });
});
