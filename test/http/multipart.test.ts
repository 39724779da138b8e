import fc from 'fast-check';
import { DresscutError } from '../../lib/errors';
import { parseMultipart } from '../../lib/http/request/multipart';

const typeOf = (boundary: string) => `multipart/form-data; boundary=${boundary}`;
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
const part = (disposition: string, content = 'v') =>
  `--X\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
const read = async (text: string, type = typeOf('X')) =>
  (await parseMultipart(bytesOf(text), type)).map(({ name, content }) => [
    name,
    Buffer.from(content).toString('latin1'),
  ]);

test.each([
  ['names in quotation marks', part('name="a"')],
  ['names without, as .NET sends them', part("name=a; filename=d.jpg; filename*=utf-8''d.jpg")],
  ['a file name that looks like a name', part('filename="name=b"; name="a"')],
  ['a file name beyond ASCII alone', part('name="a"; filename*=utf-8\'\'%e2%82%ac.jpg')],
  [
    'other headers around',
    part('name="a"').replace('\r\n\r\n', '\r\nContent-Length: 1\r\nContent-Type: image/jpeg\r\n\r\n'),
  ],
  ['a preamble and an epilogue', `hello\r\n${part('name="a"')}`],
])('%s', async (_, text) => {
  expect(await read(`${text}--X--\r\nbye`)).toEqual([['a', 'v']]);
});

test('content is kept to the byte, the letters of a short boundary included', async () => {
  const content = '\r\n--\r\nX--X\r\n\0\xff--X-\n--X';
  expect(await read(`${part('name="a"; filename="f"', content)}--X--`)).toEqual([['a', content]]);
  expect(await read(`${part('name="a"', '')}--X--`)).toEqual([['a', '']]);
});

test('a boundary may stand in quotation marks, beside other parameters', async () => {
  expect(await read(`${part('name="a"')}--X--`, 'multipart/form-data; charset=utf-8; boundary="X"')).toEqual([
    ['a', 'v'],
  ]);
});

test('what the platform writes is read as it was', async () => {
  const entry = fc.tuple(fc.stringMatching(/^[a-z_]{1,20}$/), fc.uint8Array({ maxLength: 200 }));
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 5 }), async (entries) => {
      const form = new FormData();
      for (const [name, bytes] of entries) form.append(name, new Blob([new Uint8Array(bytes)]), 'f.bin');
      const sent = new Response(form);
      const body = new Uint8Array(await sent.arrayBuffer());
      const fields = await parseMultipart(body, sent.headers.get('content-type') ?? '');
      expect(fields.every(({ file }) => file)).toBe(true);
      expect(fields.map(({ name, content }) => [name, [...content]])).toEqual(
        entries.map(([name, bytes]) => [name, [...bytes]]),
      );
    }),
    { numRuns: 200 },
  );
});

const photo = Buffer.from('\xff\xd8\xff\xe0 a photo', 'latin1');
const disposition = 'Content-Disposition: form-data; name="photo"';
const wrapped = (head: string, content: Buffer | string) =>
  Buffer.concat([Buffer.from(`--X\r\n${head}\r\n\r\n`), Buffer.from(content), Buffer.from('\r\n--X--')]);

test.each<[string, Buffer]>([
  ['a type and no file name, as Retrofit sends it', wrapped(`${disposition}\r\nContent-Type: image/jpeg`, photo)],
  [
    'folded headers, as libraries for e-mail write them',
    wrapped(
      'Content-Disposition: form-data;\r\n name="photo";\r\n\tfilename="a.jpg"\r\nContent-Type:\r\n image/jpeg',
      photo,
    ),
  ],
  [
    'base64 in lines',
    wrapped(
      `${disposition}; filename="a.jpg"\r\nContent-Transfer-Encoding: BASE64`,
      photo.toString('base64').replace(/.{8}/g, '$&\r\n'),
    ),
  ],
  [
    'quoted-printable',
    wrapped(
      `${disposition}; filename="a.jpg"\r\nContent-Transfer-Encoding: quoted-printable`,
      '=FF=D8=ff=E0 a =\r\nphoto',
    ),
  ],
  [
    'a file name that holds another name',
    wrapped('Content-Disposition: form-data; filename="a; name=b.jpg"; name="photo"', photo),
  ],
  [
    'a quotation mark in the file name',
    wrapped('content-disposition: Form-Data; FileName="a\\"; name=\\"b.jpg"; Name=photo', photo),
  ],
])('a file with %s is read as it was', async (_, body) => {
  const [field, ...others] = await parseMultipart(new Uint8Array(body), typeOf('X'));
  expect(others).toEqual([]);
  expect(field).toMatchObject({ name: 'photo', file: true });
  expect(Buffer.from(field?.content ?? []).equals(photo)).toBe(true);
});

test.each([
  ['no boundary', part('name="a"'), 'multipart/form-data'],
  ['another boundary', `${part('name="a"')}--X--`, typeOf('Y')],
  ['no end', part('name="a"'), typeOf('X')],
  ['no name', `${part('filename="a"')}--X--`, typeOf('X')],
  ['an endless head', `${part(`name="a"; ${'x'.repeat(9000)}`)}--X--`, typeOf('X')],
  ['nothing', '', typeOf('X')],
  ['101 parts', `${part('name="a"').repeat(101)}--X--`, typeOf('X')],
  [
    'a coding that nobody reads',
    wrapped(`${disposition}\r\nContent-Transfer-Encoding: uuencode`, 'v').toString(),
    typeOf('X'),
  ],
  ['base64 that is none', wrapped(`${disposition}\r\nContent-Transfer-Encoding: base64`, 'v!').toString(), typeOf('X')],
])('a form with %s is malformed', async (_, text, type) => {
  await expect(parseMultipart(bytesOf(text), type)).rejects.toMatchObject({ code: 'malformed-body' });
});

test('any bytes are a form or malformed, cut short anywhere', async () => {
  const whole = bytesOf(`${part('name="a"; filename="f"', 'content')}${part('name="b"')}--X--\r\n`);
  for (let length = 0; length < whole.length - 4; length++) {
    await expect(parseMultipart(whole.slice(0, length), typeOf('X'))).rejects.toBeInstanceOf(DresscutError);
  }
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.string(), async (bytes, type) => {
      try {
        await parseMultipart(new Uint8Array(bytes), type);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(DresscutError);
      }
    }),
  );
});
