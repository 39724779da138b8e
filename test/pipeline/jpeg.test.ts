import sharp from 'sharp';
import { decode } from '../../lib/pipeline/decode';
import { decodeFile } from '../../lib/pipeline/decode-file';
import { mendJpeg } from '../../lib/pipeline/jpeg';
import { refusal, texture } from '../helpers/pictures';

const KINDS = {
  baseline: { quality: 92 },
  progressive: { quality: 92, progressive: true },
  grey: { quality: 92 },
  'finely coloured': { quality: 92, chromaSubsampling: '4:4:4' },
};
const made = (kind: keyof typeof KINDS) =>
  (kind === 'grey' ? texture(160, 100).toColourspace('b-w') : texture(160, 100)).jpeg(KINDS[kind]).toBuffer();
const insert = (file: Buffer, at: number, bytes: readonly number[]) =>
  Buffer.concat([file.subarray(0, at), Buffer.from(bytes), file.subarray(at)]);
const findMarker = (file: Buffer, marker: number) => file.indexOf(Buffer.from([0xff, marker]));
const samePixels = async (odd: Uint8Array, whole: Uint8Array) =>
  expect(Buffer.compare((await decode(odd)).photo.rgb, (await decode(whole)).photo.rgb)).toBe(0);

/** A grey JPEG of 64 x 64 pixels whose every row of blocks ends with a restart marker: grey steps, no detail. */
function withRestarts(): Buffer {
  const segment = (marker: number, ...data: number[]) => [0xff, marker, 0, data.length + 2, ...data];
  // Every length of a DC difference is a code of four bits; the only AC code says that a block ends.
  const dc = [0, 0, 0, 12, ...Array(12).fill(0), ...Array.from({ length: 12 }, (_, i) => i)];
  const ac = [1, ...Array(15).fill(0), 0];
  const rows = Array.from({ length: 8 }, (_, row) => {
    // The first block of a row begins anew at `8 * row + 1`; seven more do not differ from it.
    const value = 8 * row + 1;
    const size = value.toString(2).length;
    const bits = `${size.toString(2).padStart(4, '0')}${value.toString(2)}0${'00000'.repeat(7)}`;
    const bytes = bits.match(/.{1,8}/g)!.map((byte) => Number.parseInt(byte.padEnd(8, '1'), 2));
    return [...bytes, ...(row < 7 ? [0xff, 0xd0 + row] : [])];
  });
  return Buffer.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, 0, ...Array(64).fill(16)),
    ...segment(0xc0, 8, 0, 64, 0, 64, 1, 1, 0x11, 0),
    ...segment(0xc4, 0, ...dc),
    ...segment(0xc4, 0x10, ...ac),
    ...segment(0xdd, 0, 8),
    ...segment(0xda, 1, 1, 0, 0, 63, 0),
    ...rows.flat(),
    ...[0xff, 0xd9],
  ]);
}

describe.each(Object.keys(KINDS) as (keyof typeof KINDS)[])('a %s JPEG', (kind) => {
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
    for (const marker of [0xdb, frame, 0xc4, 0xda])
      await samePixels(insert(whole, findMarker(whole, marker), bytes), whole);
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

  it('is refused or whole, wherever it was cut', async () => {
    const pixels = (await decode(whole)).photo.rgb;
    const near = Array.from({ length: 25 }, (_, i) => whole.length - 1 - i);
    const far = [0.98, 0.95, 0.9, 0.7, 0.4].map((share) => Math.floor(share * whole.length));
    let refused = 0;
    for (const length of [...near, ...far]) {
      for (const tail of [[], [0xff, 0xd9], Array(3000).fill(0), Array(3000).fill(0x55)]) {
        const file = Buffer.concat([whole.subarray(0, length), Buffer.from(tail)]);
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

  it('with restart markers is whole without its end, and refused without its last rows', async () => {
    const whole = withRestarts();
    const { rgb } = (await decode(whole)).photo;
    expect([rgb[0], rgb[3 * 64 * 63]]).toEqual([130, 242]);
    await samePixels(whole.subarray(0, -2), whole);
    for (const row of [1, 4, 7]) {
      const cut = findMarker(whole, 0xd0 + row - 1);
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
