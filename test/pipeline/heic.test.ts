import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { DresscutError } from '../../lib/errors';
import { decode } from '../../lib/pipeline/decode';
import { decodeFile } from '../../lib/pipeline/decode-file';
import { gridOf, type HeifItem, heif, icc, imir, irot, ispe, nclx, takeApart } from '../helpers/heif';
import { difference, middles, pixel, QUARTERS, refusal } from '../helpers/pictures';
import { DISPLAY_P3, inSrgb, profileWith } from '../helpers/profiles';

/**
 * The picture of `quarters()` as a real HEVC encoder writes it. sharp has none, so it was made once by
 * `heif-enc -q 90 -o sample.heic quarters.png` (Debian's libheif-examples 1.15.1). Every other HEIC of these
 * tests is written around its coded data by `heif.ts`.
 */
const SAMPLE = readFileSync(join(__dirname, '../fixtures/sample.heic'));
const { config: hvcC, coded } = takeApart(SAMPLE);
const P3_QUARTERS = QUARTERS.map((colour) => inSrgb(colour, DISPLAY_P3));

/** One picture with these properties beside its size and decoder configuration. */
const single = (...more: Uint8Array[]) =>
  heif(
    [{ type: 'hvc1', data: coded, properties: [0, 1, ...more.map((_, i) => i + 2)] }],
    [ispe(160, 120), hvcC, ...more],
  );

/** Two by two tiles of the sample, cut to 300x220, turned by `quarterTurns`, as an iPhone lays out its photos. */
function grid(size: { width: number; height: number }, ...more: Uint8Array[]): Buffer {
  const tile: HeifItem = { type: 'hvc1', data: coded, properties: [0, 1] };
  const whole: HeifItem = {
    type: 'grid',
    data: gridOf(2, 2, size.width, size.height),
    properties: [2, ...more.map((_, i) => i + 3)],
    tiles: [1, 2, 3, 4],
  };
  return heif([whole, tile, tile, tile, tile], [ispe(160, 120), hvcC, ispe(size.width, size.height), ...more]);
}

describe('decode reads', () => {
  it('a HEIC that an encoder wrote', async () => {
    const { photo, format } = await decode(SAMPLE);
    expect(format).toBe('heic');
    expect(photo).toMatchObject({ kind: 'photo', width: 160, height: 120 });
    expect(photo.rgb).toHaveLength(3 * 160 * 120);
    expect(difference(middles(photo), QUARTERS)).toBeLessThanOrEqual(4);
  });

  it('a HEIC made of tiles, cut to its own size', async () => {
    const { photo } = await decode(grid({ width: 300, height: 220 }));
    expect([photo.width, photo.height]).toEqual([300, 220]);
    const topLefts = [pixel(photo, 40, 30), pixel(photo, 200, 30), pixel(photo, 40, 150), pixel(photo, 200, 150)];
    expect(difference(topLefts, Array(4).fill(QUARTERS[0]))).toBeLessThanOrEqual(4);
  });

  it.each([
    [1, [1, 3, 0, 2]],
    [2, [3, 2, 1, 0]],
    [3, [2, 0, 3, 1]],
  ])('a HEIC turned by %i quarters, once', async (turns, places) => {
    const { photo } = await decode(single(irot(turns)));
    expect([photo.width, photo.height]).toEqual(turns === 2 ? [160, 120] : [120, 160]);
    expect(
      difference(
        middles(photo),
        places.map((place) => QUARTERS[place]!),
      ),
    ).toBeLessThanOrEqual(4);
  });

  it('a mirrored HEIC', async () => {
    const { photo } = await decode(single(imir(1)));
    expect(
      difference(
        middles(photo),
        [1, 0, 3, 2].map((place) => QUARTERS[place]!),
      ),
    ).toBeLessThanOrEqual(4);
  });

  it('a HEIC of tiles that is turned', async () => {
    const { photo } = await decode(grid({ width: 300, height: 220 }, irot(3)));
    expect([photo.width, photo.height]).toEqual([220, 300]);
    // A turn with the clock brings the left edge to the top: the lowest tile's lower half first, the top last.
    const corners = [pixel(photo, 10, 10), pixel(photo, 209, 10)];
    expect(difference(corners, [QUARTERS[2], QUARTERS[0]])).toBeLessThanOrEqual(4);
  });

  it.each([
    ['an ICC profile', async () => icc(await profileWith(DISPLAY_P3))],
    ['colour numbers', async () => nclx(12)],
  ])('a Display P3 HEIC by its %s', async (_, colr) => {
    const { photo } = await decode(single(await colr()));
    expect(difference(P3_QUARTERS, QUARTERS)).toBeGreaterThan(10);
    expect(difference(middles(photo), P3_QUARTERS)).toBeLessThanOrEqual(4);
  });

  it('a HEIC that says sRGB as it is', async () => {
    const { photo } = await decode(single(nclx(1)));
    expect(difference(middles(photo), QUARTERS)).toBeLessThanOrEqual(4);
  });
});

describe('decode refuses', () => {
  it('a HEIC with too many pixels by its header alone', async () => {
    const error = await refusal(decode(grid({ width: 30_000, height: 20_000 })));
    expect(error).toMatchObject({ code: 'too-many-pixels', facts: { width: 30_000, height: 20_000 } });
  });

  it('a HEIC that is too small', async () => {
    expect(await refusal(decode(grid({ width: 60, height: 200 })))).toMatchObject({ code: 'too-small' });
  });

  it('a HEIC whose picture is larger than its header says', async () => {
    const liar = heif([{ type: 'hvc1', data: coded, properties: [0, 1] }], [ispe(64, 64), hvcC]);
    const result = await decode(liar).catch((error: unknown) => error);
    if (!(result instanceof DresscutError)) expect(result).toMatchObject({ photo: { width: 160, height: 120 } });
    else expect(result.code).toBe('undecodable-image');
  });

  it('a HEIC without a picture', async () => {
    const error = await refusal(decode(SAMPLE.subarray(0, 24)));
    expect(error).toMatchObject({ code: 'undecodable-image', facts: { format: 'heic' } });
    expect(error.message).toBe('The HEIC file is damaged or incomplete and cannot be decoded.');
  });
});

describe('decode of damaged HEICs', () => {
  it('cut anywhere, they are refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: SAMPLE.length - 1 }), async (length) => {
        expect(await refusal(decodeFile(SAMPLE.subarray(0, length), 'heic'))).toBeInstanceOf(DresscutError);
      }),
      { numRuns: 20, examples: [[SAMPLE.length - 1]] },
    );
  });

  it('with any bytes changed, they throw nothing but DresscutError', async () => {
    const file = grid({ width: 300, height: 220 }, irot(1));
    const change = fc.tuple(fc.integer({ min: 0, max: file.length - 1 }), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const damaged = Buffer.from(file);
        for (const [at, value] of changes) damaged[at] = value;
        const result = await decodeFile(damaged, 'heic').catch((error: unknown) => error);
        if (result instanceof Error) expect(result).toBeInstanceOf(DresscutError);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['is no profile', Buffer.from('no profile at all')],
    ['is empty of all but a head', Buffer.concat([Buffer.from([0, 0, 0, 128]), Buffer.alloc(124)])],
  ])('whose profile %s, they are read or refused, and it is no fault of ours', async (_, profile) => {
    const result = await decodeFile(single(icc(profile)), 'heic').catch((error: unknown) => error);
    if (result instanceof Error) expect(result).toMatchObject({ code: 'undecodable-image' });
  });

  it('whose pixels cannot be converted, they are refused', async () => {
    const convert = jest.spyOn(sharp.prototype, 'raw').mockImplementation(() => {
      throw new Error('no transform');
    });
    const error = await refusal(decodeFile(SAMPLE, 'heic')).finally(() => convert.mockRestore());
    expect(error).toMatchObject({ code: 'undecodable-image', facts: { format: 'heic', reason: 'no transform' } });
  });

  it('leave nothing behind that spoils the next photo', async () => {
    const broken = Buffer.from(SAMPLE);
    broken.fill(0xff, SAMPLE.length - coded.length);
    await decode(broken).catch(() => undefined);
    expect(difference(middles((await decode(SAMPLE)).photo), QUARTERS)).toBeLessThanOrEqual(4);
  });
});

describe('libheif', () => {
  afterEach(() => jest.resetModules());

  it('is asked for again after it failed to load', async () => {
    const path = 'libheif-js/libheif-wasm/libheif-bundle.js';
    let loads = 0;
    jest.resetModules();
    jest.doMock(path, () => {
      loads += 1;
      if (loads === 1) throw new Error('disk trouble');
      return jest.requireActual(path);
    });
    const { decodeHeic }: typeof import('../../lib/pipeline/heic') = await import('../../lib/pipeline/heic');
    await expect(decodeHeic(SAMPLE, null)).rejects.toMatchObject({ message: expect.stringContaining('disk trouble') });
    expect(await decodeHeic(SAMPLE, null)).toMatchObject({ width: 160, height: 120 });
  });
});
