/** A body that costs a parser more than its sender; `scale` 1 is the largest that is read at all. */
export interface HeavyBody {
  readonly name: string;
  readonly path: '/v1/cutouts' | '/v1.0/removebg';
  readonly type: string;
  readonly make: (scale: number) => Buffer;
}

const JSON_TYPE = 'application/json';
const FORM = 'multipart/form-data; boundary=x';
const PAIRS = 'application/x-www-form-urlencoded';
/** What the largest photo takes as base64 with escapes: 1.5 times 25 MB. */
const MOST = 37_400_000;

const repeated = (what: string, scale: number) => what.repeat(Math.floor((MOST * scale) / what.length));
const part = (name: string) => `--x\r\nContent-Disposition:form-data;name=${name};filename=a\r\n\r\n\r\n`;
const jsonPhoto = (text: string) => Buffer.from(`{"photo":"${text}"}`);

function members(scale: number): string {
  const all: string[] = [];
  for (let i = 0; i < 2_600_000 * scale; i++) all.push(`,"${i.toString(36)}":1`);
  return all.join('');
}

export const HEAVY_BODIES: readonly HeavyBody[] = [
  ...(['/v1/cutouts', '/v1.0/removebg'] as const).flatMap((path): HeavyBody[] => [
    {
      name: `empty files in a form, ${path}`,
      path,
      type: FORM,
      make: (scale) =>
        Buffer.from(`${repeated(part(path === '/v1/cutouts' ? 'photo' : 'image_file'), scale)}--x--\r\n`),
    },
    { name: `JSON members, ${path}`, path, type: JSON_TYPE, make: (scale) => Buffer.from(`{"a":1${members(scale)}}`) },
  ]),
  { name: 'pairs', path: '/v1.0/removebg', type: PAIRS, make: (scale) => Buffer.from(repeated('a&', scale)) },
  { name: 'empty pairs', path: '/v1.0/removebg', type: PAIRS, make: (scale) => Buffer.from(repeated('&', scale)) },
  {
    name: 'escapes in a pair',
    path: '/v1.0/removebg',
    type: PAIRS,
    make: (scale) => Buffer.from(`image_file_b64=${repeated('%41', scale)}`),
  },
  { name: 'nested lists', path: '/v1/cutouts', type: JSON_TYPE, make: (scale) => Buffer.from(repeated('[', scale)) },
  {
    name: 'empty texts',
    path: '/v1/cutouts',
    type: JSON_TYPE,
    make: (scale) => Buffer.from(`[${repeated('"",', scale)}`),
  },
  {
    name: 'quotation marks in the photo',
    path: '/v1/cutouts',
    type: JSON_TYPE,
    make: (scale) => jsonPhoto(repeated('\\"', scale)),
  },
  {
    name: 'spaces in the photo',
    path: '/v1/cutouts',
    type: JSON_TYPE,
    make: (scale) => jsonPhoto(repeated(' ', scale)),
  },
  {
    name: 'escapes in the photo',
    path: '/v1/cutouts',
    type: JSON_TYPE,
    make: (scale) => jsonPhoto(repeated('\\u0041', scale)),
  },
  {
    name: 'no base64 in the photo',
    path: '/v1/cutouts',
    type: JSON_TYPE,
    make: (scale) => jsonPhoto(repeated('!A', scale)),
  },
  {
    name: 'quoted-printable in a form',
    path: '/v1/cutouts',
    type: FORM,
    make: (scale) =>
      Buffer.from(
        '--x\r\nContent-Disposition: form-data; name=photo; filename=a\r\nContent-Transfer-Encoding: quoted-printable' +
          `\r\n\r\n${repeated('=41', scale)}\r\n--x--`,
      ),
  },
];
