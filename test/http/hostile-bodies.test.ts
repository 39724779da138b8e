import { fake, fakeDependencies } from '../helpers/loopback';

// Bodies that cost a parser much more than they cost their sender: refused by what they are, before they are parsed.
const post = (type: string, body: string, path = '/v1/cutouts') =>
  fake().request(path, { method: 'POST', body, headers: { 'content-type': type } });
const JSON_TYPE = 'application/json';
const FORM = 'multipart/form-data; boundary=x';
const PAIRS = 'application/x-www-form-urlencoded';
const photo = 'cGhvdG8=';
const part = (name: string, content = '') => `--x\r\nContent-Disposition:form-data;name=${name}\r\n\r\n${content}\r\n`;
const file = '--x\r\nContent-Disposition:form-data;name=photo;filename=a\r\n\r\n\r\n';
const members = Array.from({ length: 20_000 }, (_, i) => `,"${i}":1`).join('');

test.each([
  ['JSON with many members', JSON_TYPE, `{"photo":"${photo}"${members}}`, 413, 'too-large'],
  ['JSON with many members before the photo', JSON_TYPE, `{"a":1${members},"photo":"${photo}"}`, 413, 'too-large'],
  ['JSON with one long text that is not the photo', JSON_TYPE, `{"foto":"${'A'.repeat(70_000)}"}`, 413, 'too-large'],
  [
    'JSON of nested lists',
    JSON_TYPE,
    `{"photo":"${photo}","a":${'['.repeat(50)}${']'.repeat(50)}}`,
    400,
    'malformed-body',
  ],
  ['JSON of lists that are never closed', JSON_TYPE, '['.repeat(100_000), 400, 'malformed-body'],
  ['JSON of empty texts', JSON_TYPE, `[${'"",'.repeat(40_000)}""]`, 413, 'too-large'],
  ['JSON of spaces', JSON_TYPE, `${' '.repeat(100_000)}{}`, 413, 'too-large'],
  ['JSON of backslashes', JSON_TYPE, `{"photo":"${'\\\\'.repeat(50_000)}"}`, 400, 'malformed-body'],
  ['JSON of quotation marks', JSON_TYPE, `{"photo":"${'\\"'.repeat(70_000)}"}`, 413, 'too-large'],
  ['JSON that ends in a text', JSON_TYPE, `{"photo":"${'A'.repeat(100_000)}`, 400, 'malformed-body'],
  ['JSON with the photo twice', JSON_TYPE, `{"photo":"${photo}","photo":"${photo}"}`, 400, 'malformed-body'],
  ['JSON with an option twice', JSON_TYPE, `{"photo":"${photo}","crop":1,"crop":0}`, 400, 'malformed-body'],
  [
    'JSON with an option twice, once escaped',
    JSON_TYPE,
    `{"photo":"${photo}","crop":1,"\\u0063rop":0}`,
    400,
    'malformed-body',
  ],
  ['JSON with a photo that is no text', JSON_TYPE, '{"photo":null,"format":"png"}', 400, 'no-photo'],
  ['a form of empty files', FORM, `${file.repeat(2000)}--x--`, 400, 'malformed-body'],
  ['a form of empty parts', FORM, `${part('a').repeat(2000)}--x--`, 400, 'malformed-body'],
  [
    'a form with a long text beside the photo',
    FORM,
    `${file}${part('crop', 'a'.repeat(70_000))}--x--`,
    413,
    'too-large',
  ],
])('%s', async (_, type, body, status, code) => {
  const answer = await post(type, body);
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code]);
});

test.each([
  ['pairs without end', PAIRS, 'a&'.repeat(50_000), 'invalid_parameter'],
  ['empty pairs', PAIRS, `${'&'.repeat(1000)}image_file_b64=${photo}`, 'invalid_parameter'],
  ['pairs beside the photo', PAIRS, `image_file_b64=${photo}&${'a=1&'.repeat(100)}`, 'invalid_parameter'],
  ['a long value', PAIRS, `image_file_b64=${photo}&size=${'a'.repeat(70_000)}`, 'file_too_large'],
  ['a form of empty files', FORM, `${file.replace('photo', 'image_file').repeat(2000)}--x--`, 'invalid_parameter'],
  ['JSON with many members', JSON_TYPE, `{"image_file_b64":"${photo}"${members}}`, 'file_too_large'],
])("in remove.bg's words: %s", async (_, type, body, code) => {
  const answer = await post(type, body, '/v1.0/removebg');
  const { errors } = (await answer.json()) as { errors: [{ code: string }] };
  expect([answer.status, errors[0].code]).toEqual([400, code]);
});

test('what the limits are for still passes: the largest photo as JSON, with escapes, line breaks and prefix', async () => {
  const bytes = Buffer.alloc(fakeDependencies.limits.maxBytes, 'photo?>');
  let got: Uint8Array = new Uint8Array(0);
  const app = fake({
    cutOut: async (given, options) => {
      got = given;
      return fakeDependencies.cutOut(given, options);
    },
  });
  const base64 = bytes.toString('base64');
  for (const text of [
    base64,
    base64.replaceAll('/', '\\/'),
    `data:image/jpeg;base64,${base64.replace(/.{76}/g, '$&\\r\\n')}`,
  ]) {
    const body = `{"crop": true, "photo": "${text}", "margin": 0.1}`;
    const answer = await app.request('/v1/cutouts', { method: 'POST', body, headers: { 'content-type': JSON_TYPE } });
    expect(answer.status).toBe(200);
    expect(bytes.equals(got)).toBe(true);
  }
});

test('base64 in a url-encoded form keeps its plus signs, escaped or not, and %2F is a slash', async () => {
  const bytes = Buffer.from('fbef3effff', 'hex');
  let got: Uint8Array = new Uint8Array(0);
  const app = fake({
    find: async (given, options) => {
      got = given;
      return fakeDependencies.find(given, options);
    },
  });
  const base64 = bytes.toString('base64');
  for (const text of [base64, encodeURIComponent(base64), base64.replaceAll('+', ' ').replaceAll(' ', '+')]) {
    const body = `size=full&image_file_b64=${text}&bg_color=%2381d4fa`;
    const answer = await app.request('/v1.0/removebg', { method: 'POST', body, headers: { 'content-type': PAIRS } });
    expect(answer.status).toBe(200);
    expect(bytes.equals(got)).toBe(true);
  }
});

test.each(['image', 'Photo'])('a photo in the member %s hears where it belongs', async (name) => {
  const body = JSON.stringify({ crop: true, [name]: 'a'.repeat(100_000) });
  const answer = await post(JSON_TYPE, body);
  const { code, detail } = (await answer.json()) as { code: string; detail: string };
  expect([answer.status, code]).toEqual([413, 'too-large']);
  expect(detail).toContain(`with the member "${name}" it holds more. The photo belongs in the member "photo".`);
});
