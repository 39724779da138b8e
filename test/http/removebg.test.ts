import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import sharp from 'sharp';
import { createService } from '../../lib/app';
import { configUnderTest } from '../helpers/config-under-test';
import { type Loopback, listen } from '../helpers/loopback';

// The real network behind real HTTP, called as remove.bg's own documentation says.
let photo: Buffer;
let local: Loopback;
beforeAll(async () => {
  photo = await sharp(readFileSync(join(__dirname, '..', 'fixtures', 'dress.jpg')))
    .resize(512)
    .jpeg()
    .toBuffer();
  local = await listen(createService(configUnderTest(), { keys: 'off', maxAnswerBytes: null }));
});
afterAll(() => local.close());

type Fields = Readonly<Record<string, string>>;
const post = (body: NonNullable<RequestInit['body']>, headers: Fields = {}) =>
  fetch(`${local.url}/v1.0/removebg`, { method: 'POST', body, headers });
function form(fields: Fields = {}): FormData {
  const body = new FormData();
  body.append('image_file', new Blob([photo as Uint8Array<ArrayBuffer>]), 'dress.jpg');
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return body;
}
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());
const foreground = (answer: Response) =>
  ['Left', 'Top', 'Width', 'Height'].map((side) => Number(answer.headers.get(`X-Foreground-${side}`)));
async function pixels(bytes: Uint8Array) {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  return {
    ...info,
    at: (x: number, y: number) => {
      const start = (y * info.width + x) * info.channels;
      return [...data.subarray(start, start + info.channels)];
    },
  };
}

test('the default is a preview of the whole frame, transparent around the dress', async () => {
  const answer = await post(form());
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
  const { width, height, channels, at } = await pixels(await bytesOf(answer));
  expect([width, height, channels]).toEqual([408, 612, 4]);
  expect(answer.headers.get('x-width')).toBe('408');
  expect(answer.headers.get('x-height')).toBe('612');
  expect(answer.headers.get('x-type')).toBe('product');
  expect(answer.headers.get('x-credits-charged')).toBe('0');
  expect(answer.headers.get('x-dresscut-verdict')).toMatch(/ok|review/);
  expect(answer.headers.get('server-timing')).toMatch(/segment;dur=.*, draw;dur=/);
  expect(answer.headers.get('vary')).toBe('Accept');
  expect(at(0, 0)).toEqual([0, 0, 0, 0]);
  const [left = 0, top = 0, wide = 0, high = 0] = foreground(answer);
  const scale = 612 / 768;
  expect(at(Math.round((left + wide / 2) * scale), Math.round((top + high / 2) * scale))[3]).toBe(255);
});

function withEmptyFile(fields: FormData): FormData {
  const all = new FormData();
  for (const [name, value] of fields) all.append(name, value);
  all.append('image_file', new Blob([]), '');
  return all;
}

test('files, base64 in a form of either kind and base64 in JSON give the same bytes and the same tag', async () => {
  const image_file_b64 = photo.toString('base64');
  const asked = { size: 'full', crop: 'true' };
  const json = JSON.stringify({ image_file_b64, size: 'full', crop: true });
  const multipart = new FormData();
  for (const [name, value] of Object.entries({ ...asked, image_file_b64 })) multipart.append(name, value);
  const answers = await Promise.all([
    post(form(asked)),
    post(multipart),
    post(new URLSearchParams({ ...asked, image_file_b64 })),
    post(json, { 'content-type': 'application/json' }),
    // As curl -d sends it, where nothing escapes the + of base64,
    post(`${new URLSearchParams(asked)}&image_file_b64=${image_file_b64}`, {
      'content-type': 'application/x-www-form-urlencoded',
    }),
    // and as a browser does that was given no file.
    post(withEmptyFile(multipart)),
  ]);
  expect(image_file_b64).toContain('+');
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
  expect(new Set(answers.map(({ headers }) => headers.get('etag'))).size).toBe(1);
  const [first = Buffer.alloc(0), ...others] = await Promise.all(answers.map(bytesOf));
  for (const other of others) expect(other.equals(first)).toBe(true);
  const [, , width, height] = foreground(answers[0] as Response);
  expect(await pixels(first)).toMatchObject({ width, height });
});

test('a crop with margins is the dress as POST /v1/cutouts cuts it, with room around', async () => {
  const exact = await fetch(`${local.url}/v1/cutouts?expect=dress&crop=1&margin=0`, {
    method: 'POST',
    body: photo as Uint8Array<ArrayBuffer>,
  });
  const answer = await post(form({ size: 'full', crop: 'true', crop_margin: '10px 20px 30px 40px' }));
  const piece = await sharp(await bytesOf(answer))
    .extract({ left: 40, top: 10, ...(await size(exact.clone())) })
    .raw()
    .toBuffer();
  expect(
    piece.equals(
      await sharp(await bytesOf(exact))
        .raw()
        .toBuffer(),
    ),
  ).toBe(true);
});
async function size(answer: Response) {
  const { width = 0, height = 0 } = await sharp(await bytesOf(answer)).metadata();
  return { width, height };
}

test('scale and position move the dress, roi leaves only what is inside', async () => {
  const answer = await post(form({ size: 'full', scale: '100%', position: '0% 0%', channels: 'alpha' }));
  const [left = 0, top = 0, width = 0, height = 0] = foreground(answer);
  // The box of the dress, as high as the picture, in its upper left corner: pixel by pixel, not by where it seems to begin.
  const mask = await bytesOf(await post(form({ size: 'full', channels: 'alpha' })));
  const box = await sharp(mask)
    .extractChannel(0)
    .extract({ left, top, width, height })
    .resize({ height: 768 })
    .toBuffer({ resolveWithObject: true });
  const expected = await sharp(box.data)
    .extend({ right: 512 - box.info.width, background: '#000' })
    .extractChannel(0)
    .raw()
    .toBuffer();
  const placed = await sharp(await bytesOf(answer))
    .extractChannel(0)
    .raw()
    .toBuffer();
  expect(placed.length).toBe(512 * 768);
  const apart = placed.reduce((sum, value, i) => sum + Math.abs(value - (expected[i] as number)), 0);
  expect(apart / placed.length).toBeLessThan(0.3); // 0.1 here; one pixel of the photo aside is 2.5
  const roi = `0% 0% 100% ${top + 100}px`;
  const part = await post(form({ size: 'full', roi }));
  expect(part.status).toBe(200);
  const [, above, , high] = foreground(part);
  expect([above, high]).toEqual([top, 100]);
  const picture = await pixels(await bytesOf(part));
  expect(picture.at(left + Math.round(width / 2), top + Math.round(height / 2))).toEqual([0, 0, 0, 0]);
  const nothing = await post(form({ roi: '0px 0px 10px 10px' }));
  expect([nothing.status, (await errorOf(nothing)).code]).toEqual([400, 'unknown_foreground']);
});
const errorOf = async (answer: Response) =>
  ((await answer.json()) as { errors: [{ title: string; code: string }] }).errors[0];

test('format auto is PNG, or JPG on an opaque colour; the digits of an alpha are honoured', async () => {
  const type = async (fields: Fields) => (await post(form(fields))).headers.get('content-type');
  expect(await type({ bg_color: 'green' })).toBe('image/jpeg');
  expect(await type({ bg_color: '00800080' })).toBe('image/png');
  expect(await type({ channels: 'alpha' })).toBe('image/png');
  expect(await type({ format: 'webp' })).toBe('image/webp');
  expect((await pixels(await bytesOf(await post(form({ bg_color: '00800080' }))))).at(0, 0)).toEqual([0, 128, 0, 128]);
  for (const value of (await pixels(await bytesOf(await post(form({ format: 'jpg' }))))).at(0, 0))
    expect(value).toBeGreaterThan(250);
});

test('a zip holds color.jpg and alpha.png, which make the PNG again, and is the same in every byte', async () => {
  const answer = await post(form({ format: 'zip', size: 'full' }));
  expect(answer.headers.get('content-type')).toBe('application/zip');
  const bytes = await bytesOf(answer);
  const files = unzipSync(bytes);
  expect(Object.keys(files)).toEqual(['color.jpg', 'alpha.png']);
  const png = await pixels(await bytesOf(await post(form({ format: 'png', size: 'full' }))));
  const [colour, alpha] = [
    await pixels(files['color.jpg'] as Uint8Array),
    await pixels(files['alpha.png'] as Uint8Array),
  ];
  expect([colour.width, colour.height, alpha.width, alpha.height]).toEqual([512, 768, 512, 768]);
  let worst = 0;
  for (let y = 0; y < 768; y += 3) {
    for (let x = 0; x < 512; x += 3) {
      const expected = png.at(x, y);
      expect(alpha.at(x, y)[0]).toBe(expected[3]);
      if (expected[3] !== 0)
        for (const [i, value] of colour.at(x, y).entries())
          worst = Math.max(worst, Math.abs(value - (expected[i] as number)));
    }
  }
  expect(worst).toBeLessThan(40);
  expect((await bytesOf(await post(form({ format: 'zip', size: 'full' })))).equals(bytes)).toBe(true);
});

test('JSON goes to those who accept nothing else, with the foreground in pixels of the photo', async () => {
  const answer = await post(form(), { accept: 'application/json' });
  const { data } = (await answer.json()) as { data: Record<string, number | string> };
  expect(Object.keys(data)).toEqual([
    'result_b64',
    'foreground_top',
    'foreground_left',
    'foreground_width',
    'foreground_height',
  ]);
  expect([data.foreground_left, data.foreground_top, data.foreground_width, data.foreground_height]).toEqual(
    foreground(answer),
  );
  const file = await post(form(), { accept: 'application/json, text/plain, */*' });
  expect(file.headers.get('content-type')).toBe('image/png');
  expect(Buffer.from(String(data.result_b64), 'base64').equals(await bytesOf(file))).toBe(true);
});

test('the tag gives 412, and type_level=none leaves X-Type out', async () => {
  const answer = await post(form({ type_level: 'none' }));
  expect(answer.headers.has('x-type')).toBe(false);
  const etag = answer.headers.get('etag') ?? '';
  expect((await post(form({ type_level: 'none' }), { 'if-none-match': etag })).status).toBe(412);
  expect((await post(form({ size: 'hd' }), { 'if-none-match': etag })).status).toBe(200);
});
