import sharp from 'sharp';
import { decode } from '../../lib/pipeline/decode';
import { decodeFile } from '../../lib/pipeline/decode-file';
import { mendJpeg } from '../../lib/pipeline/jpeg';
import { type JpegKind, writeJpeg } from '../helpers/jpeg-writer';
import { SAMSUNG_TRAILER } from '../helpers/odd-files';
import { refusal, texture } from '../helpers/pictures';

const SHARP = {
  baseline: { quality: 92 },
  progressive: { quality: 92, progressive: true },
  grey: { quality: 92 },
  'finely coloured': { quality: 92, chromaSubsampling: '4:4:4' },
};
const OURS = {
  '4:2:2': { across: 2 },
  '4:4:0': { down: 2 },
  'restarting 4:2:0': { across: 2, down: 2, restart: 3 },
  'restarting grey': { grey: true, restart: 7 },
} satisfies Record<string, JpegKind>;
const KINDS = [...Object.keys(SHARP), ...Object.keys(OURS)] as (keyof typeof SHARP | keyof typeof OURS)[];
async function made(kind: (typeof KINDS)[number]): Promise<Buffer> {
  if (kind in SHARP) {
    const image = kind === 'grey' ? texture(160, 100).toColourspace('b-w') : texture(160, 100);
    return image.jpeg(SHARP[kind as keyof typeof SHARP]).toBuffer();
  }
  const rgb = await texture(160, 100).removeAlpha().raw().toBuffer();
  return writeJpeg({ kind: 'photo', width: 160, height: 100, rgb }, OURS[kind as keyof typeof OURS]);
}
const insert = (file: Buffer, at: number, bytes: readonly number[]) =>
  Buffer.concat([file.subarray(0, at), Buffer.from(bytes), file.subarray(at)]);
const findMarker = (file: Buffer, marker: number) => file.indexOf(Buffer.from([0xff, marker]));
const samePixels = async (odd: Uint8Array, whole: Uint8Array) =>
  expect(Buffer.compare((await decode(odd)).photo.rgb, (await decode(whole)).photo.rgb)).toBe(0);

const FILM = Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom, and a film');
const END = Buffer.from([0xff, 0xd9]);

describe.each(KINDS)('a %s JPEG', (kind) => {
  let whole: Buffer;
  beforeAll(async () => {
    whole = await made(kind);
  });

  it('is left as it is', () => {
    expect(mendJpeg(whole)).toEqual({ file: whole, closed: false });
    expect(mendJpeg(whole).file).toBe(whole);
  });

  it.each([
    ['stray bytes', [0, 1, 2]],
    ['a stray marker', [0xff, 0x00, 0xff]],
    ['fill bytes', [0xff, 0xff, 0xff]],
    ['a second beginning', [0xff, 0xd8]],
    ['a restart marker', [0xff, 0xd3]],
    ['zeros', Array(4000).fill(0)],
  ])('loses no pixel to %s between its header segments', async (_, bytes) => {
    const frame = kind === 'progressive' ? 0xc2 : 0xc0;
    for (const marker of [0xdb, frame, 0xda]) await samePixels(insert(whole, findMarker(whole, marker), bytes), whole);
    await samePixels(insert(whole, 2, bytes), whole);
  });

  it('may lack its end marker, or half of it, or be filled up with zeros instead', async () => {
    await samePixels(whole.subarray(0, -2), whole);
    await samePixels(whole.subarray(0, -1), whole);
    await samePixels(Buffer.concat([whole.subarray(0, -2), Buffer.alloc(5000)]), whole);
  });

  it('may have anything behind its end, another picture included', async () => {
    for (const more of [Buffer.from([1, 2, 3]), Buffer.alloc(999, 0xff), whole, Buffer.from('SEFT')])
      await samePixels(Buffer.concat([whole, more]), whole);
  });

  it('may lack its end marker before what is known to follow pictures', async () => {
    for (const trailer of [SAMSUNG_TRAILER, FILM, whole, Buffer.from('<?xpacket begin="">')])
      for (const fill of [0, 500])
        await samePixels(Buffer.concat([whole.subarray(0, -2), Buffer.alloc(fill), trailer]), whole);
  });

  it('is refused or whole, wherever it was cut', async () => {
    const pixels = (await decode(whole)).photo.rgb;
    const near = [1, 2, 3, 4, 5, 6, 8, 11, 15, 25].map((bytes) => whole.length - bytes);
    const far = [0.98, 0.95, 0.9, 0.7, 0.4].map((share) => Math.floor(share * whole.length));
    const words = Buffer.from('whatever some tool adds, and more of it. '.repeat(60));
    const tails = [
      ...[Buffer.alloc(0), Buffer.alloc(3000), Buffer.alloc(3000, 0xff), Buffer.alloc(3000, 0x55), words],
      ...[SAMSUNG_TRAILER, FILM, whole],
    ];
    let refused = 0;
    for (const length of [...near, ...far]) {
      for (const tail of [...tails, ...tails.slice(0, 5).map((one) => Buffer.concat([one, END]))]) {
        const file = Buffer.concat([whole.subarray(0, length), tail]);
        const photo = await decodeFile(file, 'jpeg').catch(() => null);
        if (photo) expect(Buffer.compare(photo.rgb, pixels)).toBe(0);
        else refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(3 * far.length);
  });
});

describe('a JPEG', () => {
  it('of several scans whose last ones are missing together with its end is refused', async () => {
    const whole = await made('progressive');
    const scans = [...whole.toString('latin1').matchAll(/\xff\xda/g)].map(({ index }) => index);
    expect(scans.length).toBeGreaterThan(4);
    for (const at of scans.slice(1)) {
      // The tables of a scan stand before it; they belong to it.
      const cut = whole.lastIndexOf(Buffer.from([0xff, 0xc4]), at);
      expect(await refusal(decode(whole.subarray(0, cut)))).toMatchObject({ code: 'undecodable-image' });
    }
  });

  it('with a segment that says it is shorter than it is keeps its pixels', async () => {
    const whole = await texture(240, 180)
      .jpeg()
      .withExif({ IFD0: { Copyright: 'x'.repeat(300) } })
      .toBuffer();
    const short = Buffer.from(whole);
    short.writeUInt16BE(20, findMarker(short, 0xe1) + 2);
    expect(short.equals(whole)).toBe(false);
    await samePixels(short, whole);
  });

  it('with a segment that reaches beyond the file is refused, not guessed at', async () => {
    const whole = await sharp({ create: { width: 80, height: 80, channels: 3, background: '#a33' } })
      .jpeg()
      .toBuffer();
    const long = Buffer.from(whole);
    long.writeUInt16BE(65_000, findMarker(long, 0xdb) + 2);
    expect(await refusal(decode(long))).toMatchObject({ code: 'undecodable-image' });
  });
});

test('a JPEG of ten thousand segments is refused before they are read, one of nine thousand is not', async () => {
  const whole = await made('baseline');
  const [early, late] = [2, whole.length - 2];
  const comments = (count: number) => Array<number[]>(count).fill([0xff, 0xfe, 0, 2]).flat();
  await samePixels(insert(whole, early, comments(9000)), whole);
  for (const at of [early, late]) {
    expect(await refusal(decode(insert(whole, at, comments(10_001))))).toMatchObject({
      code: 'too-complex',
      facts: { format: 'jpeg', maxSegments: 10_000 },
    });
  }
});
