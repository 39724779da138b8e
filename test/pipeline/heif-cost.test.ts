import sharp from 'sharp';
import { decode } from '../../lib/pipeline/decode';
import { checkHeifCost } from '../../lib/pipeline/heif-cost';
import { heifItems } from '../../lib/pipeline/heif-items';
import { ALPHA, gridOf, type HeifItem, heif, hvcC, ispe, takeApart } from '../helpers/heif';
import { refusal } from '../helpers/pictures';

/** Properties of all files here: a large picture's size, a tile's, a canvas's, what says that it is alpha. */
const PROPERTIES = [ispe(2000, 1500), ispe(512, 512), ispe(3000, 2000), ALPHA];
const [LARGE, TILE, CANVAS, IS_ALPHA] = [0, 1, 2, 3];
const item = (type: HeifItem['type'], properties: number[], more: Partial<HeifItem> = {}): HeifItem => ({
  type,
  data: Buffer.from([0]),
  properties,
  ...more,
});
const picture = (property: number) => item('hvc1', [property]);
const times = <T>(count: number, thing: T): T[] => Array(count).fill(thing);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const check = (items: HeifItem[], properties: readonly Uint8Array[] = PROPERTIES) =>
  checkHeifCost(heifItems(heif(items, properties)), 'heic');

describe('a HEIF is refused before it is decoded', () => {
  it.each(['grid', 'iovl', 'tmap'] as const)('when the parts of its %s are larger than itself', (type) => {
    const whole = item(type, [LARGE], { tiles: upTo(4) });
    expect(() => check([whole, ...times(4, picture(LARGE))])).toThrow(
      expect.objectContaining({
        code: 'too-complex',
        message: 'The HEIC photo has 3.0 megapixels, but 12.0 must be decoded for it; save it as JPEG.',
        facts: { format: 'heic', pixels: 3_000_000, codedPixels: 12_000_000, maxCodedPixels: 5_750_000 },
      }),
    );
  });

  it('when one part is named over and over', () => {
    const overlay = item('iovl', [LARGE], { tiles: times(300, 1) });
    expect(() => check([overlay, picture(LARGE)])).toThrow(expect.objectContaining({ code: 'too-complex' }));
  });

  it('when its parts are made of others that are', () => {
    const parts = [
      item('iovl', [LARGE], { tiles: [1, 1, 1] }),
      item('iden', [LARGE], { tiles: [2] }),
      item('iovl', [LARGE], { tiles: [3, 3, 3] }),
      picture(LARGE),
    ];
    expect(() => check(parts)).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ codedPixels: 27e6 }) }),
    );
  });

  it('when it is nested too deep to be counted', () => {
    const chain = upTo(9).map((next) => item('iden', [LARGE], { tiles: [next] }));
    const parts = item('iovl', [LARGE], { tiles: times(300, 10) });
    expect(() => check([...chain, parts, picture(LARGE)])).toThrow(
      expect.objectContaining({ code: 'too-complex', facts: { format: 'heic', maxDepth: 8 } }),
    );
    const short = [item('iden', [LARGE], { tiles: [1] }), item('iden', [LARGE], { tiles: [2] }), picture(LARGE)];
    expect(() => check(short)).not.toThrow();
  });

  it('when a second list of its parts names none', () => {
    const file = heif([item('grid', [LARGE], { tiles: upTo(4) }), ...times(4, picture(LARGE))], PROPERTIES);
    const meta = file.indexOf('meta') - 4;
    const end = meta + file.readUInt32BE(meta);
    const decoy = Buffer.from('\0\0\0\x0ciref\0\0\0\0', 'latin1');
    const twice = Buffer.concat([file.subarray(0, end), decoy, file.subarray(end)]);
    twice.writeUInt32BE(end - meta + decoy.length, meta);
    expect(() => checkHeifCost(heifItems(twice), 'heic')).toThrow(expect.objectContaining({ code: 'too-complex' }));
  });

  it('when a second description of it follows', async () => {
    const file = heif([picture(LARGE)], PROPERTIES);
    const meta = file.indexOf('meta') - 4;
    const end = meta + file.readUInt32BE(meta);
    const twice = Buffer.concat([file.subarray(0, end), file.subarray(meta)]);
    const error = await refusal(decode(twice));
    expect(error).toMatchObject({ code: 'undecodable-image', facts: { reason: 'more than one meta box' } });
  });

  it('when its alpha is', () => {
    const alpha = item('grid', [LARGE, IS_ALPHA], { tiles: [2, 2, 2, 2], auxiliaryTo: 0 });
    expect(() => check([picture(LARGE), alpha, picture(LARGE)])).toThrow(
      expect.objectContaining({ code: 'too-complex' }),
    );
  });

  it('when the coded picture of a HEIC is larger than the file says', () => {
    const liar = item('hvc1', [0, 1]);
    expect(() => check([liar], [ispe(640, 480), hvcC(8000, 6000)])).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ pixels: 307_200, codedPixels: 48_000_000 }) }),
    );
    expect(() => check([liar], [ispe(8000, 6000), hvcC(8000, 6000)])).not.toThrow();
  });

  it('when the coded picture of an AVIF is', async () => {
    const create = { width: 2400, height: 1600, channels: 3 as const, background: '#a33' };
    const { config, coded } = takeApart(await sharp({ create }).avif({ effort: 0 }).toBuffer(), 'av1C');
    const liar = heif([{ type: 'av01', data: coded, properties: [0, 1] }], [ispe(640, 480), config], 'avif');
    const error = await refusal(decode(liar));
    expect(error).toMatchObject({ code: 'too-complex', facts: { codedPixels: 2400 * 1600 } });
  });
});

describe('a HEIF is left to its decoder', () => {
  it('when its tiles overhang the edges', () => {
    const whole = item('grid', [CANVAS], { tiles: upTo(24), data: gridOf(6, 4, 3000, 2000) });
    expect(() => check([whole, ...times(24, picture(TILE))])).not.toThrow();
  });

  it('when its only tile is larger than itself', () => {
    expect(() =>
      check([item('grid', [0], { tiles: [1] }), picture(1)], [ispe(100, 80), ispe(1024, 1024)]),
    ).not.toThrow();
  });

  it('when it has an alpha, depth maps and thumbnails beside', () => {
    const alpha = item('hvc1', [LARGE, IS_ALPHA], { auxiliaryTo: 0 });
    const depth = item('hvc1', [LARGE], { auxiliaryTo: 0 });
    expect(() => check([picture(LARGE), alpha, depth, depth, depth])).not.toThrow();
  });

  it('when it is made of itself', () => {
    const loop = [item('iovl', [LARGE], { tiles: times(100, 1) }), item('iovl', [LARGE], { tiles: times(100, 0) })];
    expect(() => check(loop)).not.toThrow();
  });

  it('cut anywhere', () => {
    const file = heif([item('grid', [CANVAS], { tiles: upTo(24) }), ...times(24, picture(TILE))], PROPERTIES);
    for (let length = 0; length < file.length; length += 7)
      expect(() => checkHeifCost(heifItems(file.subarray(0, length)), 'heic')).not.toThrow();
  });
});
