import { gzipSync } from 'node:zlib';
import { dress } from './photos';
import { post, speak } from './senders';
import { act, jsonOf, one, RAW, type Trial, UNREAD } from './trial';

const photo = (path: string, method?: string) => async () => ({
  path,
  type: 'image/jpeg',
  body: dress(),
  ...(method === undefined ? {} : { method }),
});
const JSON_TYPE = 'application/json';
const call = (...head: string[]) => [...head, 'Host: x', '', ''].join('\r\n');
const stroke = (points: number) => ({
  kind: 'keep',
  radius: 3,
  points: Array.from({ length: points }, (_, i) => [i % 1000, Math.floor(i / 1000) * 20 + 0.5]),
});

/** Calls as no client of ours makes them. */
export function oddCalls(senders: number): readonly Trial[] {
  const crowd = (text: string, drip: string) => (server: { readonly port: number }) =>
    Promise.all(Array.from({ length: senders }, async () => (await speak(server.port, text, drip))[0] ?? ''));
  const chunked = call('POST /v1/cutouts HTTP/1.1', 'Transfer-Encoding: chunked');
  return [
    act(`${senders} heads that never end`, /^(408|nothing)$/, crowd('GET /v1/health HTTP/1.1\r\nX-', 'a: b\r\nX-')),
    act(`${senders} senders of a chunk of one byte each half second`, /^(503|nothing)$/, crowd(chunked, '1\r\nx\r\n')),
    act('a head of 1 MB', /^(431|nothing|ECONNRESET)$/, ({ port }) =>
      speak(port, call('GET /v1/health HTTP/1.1', `X-Long: ${'a'.repeat(1_000_000)}`)),
    ),
    act('a head of 10,000 lines', /^(431|nothing)$/, ({ port }) =>
      speak(port, call('GET /v1/health HTTP/1.1', ...Array.from({ length: 10_000 }, (_, i) => `X-${i}: a`))),
    ),
    act('1,000 calls in one line', /^(200|503)$/, ({ port }) =>
      speak(port, call('GET /v1/health HTTP/1.1').repeat(1000), null, 1000),
    ),
    act('a length and chunks at once', /^400$/, ({ port }) =>
      speak(port, call('POST /v1/cutouts HTTP/1.1', 'Content-Length: 5', 'Transfer-Encoding: chunked')),
    ),
    act('an address of 1 MB', /^(4\d\d|nothing)$/, ({ port }) =>
      speak(port, call(`GET /v1/cutouts?a=${'a'.repeat(1_000_000)} HTTP/1.1`)),
    ),
    act('HEAD, OPTIONS, PATCH, DELETE with a photo', /^(204|4\d\d)$/, ({ port }) =>
      Promise.all(['HEAD', 'OPTIONS', 'PATCH', 'DELETE'].map(async (m) => post(port, await photo(RAW.path, m)()))),
    ),
    one('1 GB in 1 MB of gzip', /^415$/, () => ({
      path: RAW.path,
      type: JSON_TYPE,
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(Buffer.alloc(1_000_000_000, '[')),
    })),
    one('a stroke of 20,000 points', /^200$/, () => jsonOf(dress(), { strokes: [stroke(20_000)] })),
    one('strokes of a million points', UNREAD, () => jsonOf(dress(), { strokes: [stroke(1_000_000)] })),
    one('strokes in 30 MB of a form', UNREAD, () => ({
      path: RAW.path,
      type: 'multipart/form-data; boundary=x',
      body: Buffer.concat([
        Buffer.from('--x\r\nContent-Disposition: form-data; name=strokes\r\n\r\n'),
        Buffer.alloc(30_000_000, '['),
        Buffer.from('\r\n--x--'),
      ]),
    })),
    one('an embedding of 5 million numbers', UNREAD, () => ({
      path: '/v1/catalogues/dresses/similar',
      type: JSON_TYPE,
      body: Buffer.from(`{"embedding":{"version":"a","vector":[${'0.5,'.repeat(5_000_000)}1]}}`),
    })),
    one('the same into a catalogue', UNREAD, () => ({
      path: '/v1/catalogues/dresses/dresses/1',
      method: 'PUT',
      type: JSON_TYPE,
      body: Buffer.from(`{"embedding":{"version":"a","vector":[${'0.5,'.repeat(5_000_000)}1]}}`),
    })),
    one('metadata of 10 MB into a catalogue', UNREAD, () => ({
      ...jsonOf(dress(), { metadata: { text: 'a'.repeat(10_000_000) } }),
      path: '/v1/catalogues/dresses/dresses/1',
      method: 'PUT',
    })),
    one('37 MB of JSON to the uploads', UNREAD, () => ({
      path: '/v1/uploads',
      type: JSON_TYPE,
      body: Buffer.alloc(37_000_000, '['),
    })),
  ];
}

/** Calls and photos that are odd and harmless: each must be answered as if it were ordinary. */
export const HARMLESS: readonly Trial[] = [
  one('a photo into a catalogue', /^201$/, async () => ({
    ...(await photo('/v1/catalogues/dresses/dresses/1?expect=dress', 'PUT')()),
  })),
  one('a form without a file name, as Retrofit sends it', /^200$/, () =>
    form('name="photo"', 'Content-Type: image/jpeg'),
  ),
  one('a form with folded heads, as JavaMail sends it', /^200$/, () =>
    form('\r\n name="photo";\r\n filename="a.jpg"', 'Content-Type: image/jpeg'),
  ),
  one('a form in base64', /^200$/, () => base64Form()),
  one('a JPEG with stray bytes in its head', /^200$/, () => {
    const whole = dress();
    const at = whole.indexOf(Buffer.from([0xff, 0xda]));
    const body = Buffer.concat([whole.subarray(0, at), Buffer.from([0, 1, 2]), whole.subarray(at)]);
    return { ...RAW, body };
  }),
  one('a JPEG without its end marker', /^200$/, () => ({ ...RAW, body: dress().subarray(0, -2) })),
];

function form(disposition: string, other: string) {
  const head = `Content-Disposition: form-data; ${disposition}\r\n${other}`.replace(
    'form-data; \r\n',
    'form-data;\r\n',
  );
  const body = Buffer.concat([Buffer.from(`--XX\r\n${head}\r\n\r\n`), dress(), Buffer.from('\r\n--XX--\r\n')]);
  return { path: RAW.path, type: 'multipart/form-data; boundary=XX', body };
}

function base64Form() {
  const head = 'Content-Disposition: form-data; name="photo"; filename="a.jpg"\r\nContent-Transfer-Encoding: base64';
  const text = dress().toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  return {
    path: RAW.path,
    type: 'multipart/form-data; boundary=XX',
    body: Buffer.from(`--XX\r\n${head}\r\n\r\n${text}\r\n--XX--\r\n`),
  };
}
