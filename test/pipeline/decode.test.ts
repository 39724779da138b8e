import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { DresscutError } from '../../lib/errors';
import { decode, isBounded } from '../../lib/pipeline/decode';
import { MAX_BYTES, MAX_PIXELS, MIN_SIDE } from '../../lib/pipeline/limits';
import { tiff } from '../../lib/pipeline/tiff';
import { heif, ispe, nclx, takeApart } from '../helpers/heif';
import { difference, middles, pixel, QUARTERS, quarters, type Rgb, refusal, texture } from '../helpers/pictures';
import { ADOBE_RGB, DISPLAY_P3, inSrgb, pngWithProfile, profileWith } from '../helpers/profiles';

const FORMATS: Readonly<Record<string, (image: Sharp) => Sharp>> = {
  'baseline JPEG': (image) => image.jpeg({ quality: 95 }),
  'progressive JPEG': (image) => image.jpeg({ quality: 95, progressive: true }),
  PNG: (image) => image.png(),
  'interlaced PNG': (image) => image.png({ progressive: true }),
  'lossy WebP': (image) => image.webp({ quality: 95 }),
  'lossless WebP': (image) => image.webp({ lossless: true, effort: 0 }),
  AVIF: (image) => image.avif({ quality: 90, effort: 0 }),
  GIF: (image) => image.gif({ effort: 1 }),
  'uncompressed TIFF': (image) => image.tiff({ compression: 'none' }),
  'LZW TIFF': (image) => image.tiff({ compression: 'lzw' }),
  'JPEG TIFF': (image) => image.tiff({ compression: 'jpeg', quality: 95 }),
};
const EVERY_FORMAT = Object.entries(FORMATS);
const solid = (colour: Rgb, alpha?: number) =>
  sharp({
    create: {
      width: 64,
      height: 64,
      channels: alpha === undefined ? 3 : 4,
      background: { r: colour[0], g: colour[1], b: colour[2], alpha: alpha ?? 1 },
    },
  });
const colourOf = async (bytes: Uint8Array) => pixel((await decode(bytes)).photo, 20, 20);

describe('decode reads', () => {
  it.each(EVERY_FORMAT)('a %s to its own pixels', async (name, write) => {
    const { photo, format } = await decode(await write(quarters()).toBuffer());
    expect(name.toLowerCase()).toContain(format);
    expect(photo).toMatchObject({ kind: 'photo', width: 160, height: 120 });
    expect(photo.rgb).toHaveLength(3 * 160 * 120);
    expect(difference(middles(photo), QUARTERS)).toBeLessThanOrEqual(4);
  });

  it.each(['gif', 'webp'] as const)('the first frame of an animated %s', async (format) => {
    const frames = await Promise.all([quarters(), quarters().negate()].map((frame) => frame.png().toBuffer()));
    const animation = await sharp(frames, { join: { animated: true } })
      .toFormat(format, { lossless: true })
      .toBuffer();
    expect((await sharp(animation).metadata()).pages).toBe(2);
    const { photo } = await decode(animation);
    expect(photo.height).toBe(120);
    expect(difference(middles(photo), QUARTERS)).toBeLessThanOrEqual(4);
  });

  it('the first page of a TIFF', async () => {
    const pages = await Promise.all([quarters(), quarters().negate()].map((page) => page.png().toBuffer()));
    const tiff = await sharp(pages, { join: { animated: true } })
      .tiff({ compression: 'lzw' })
      .toBuffer();
    expect((await sharp(tiff).metadata()).pages).toBe(2);
    const { photo } = await decode(tiff);
    expect(photo.height).toBe(120);
    expect(difference(middles(photo), QUARTERS)).toBe(0);
  });

  it('the same bytes to the same pixels, and leaves the bytes alone', async () => {
    const bytes = await texture(300, 200).jpeg().toBuffer();
    const before = Buffer.from(bytes);
    const [first, second] = [await decode(bytes), await decode(bytes)];
    expect(Buffer.compare(first.photo.rgb, second.photo.rgb)).toBe(0);
    expect(bytes.equals(before)).toBe(true);
  });

  it('hands out the decoder’s own memory, not a copy, and nothing beyond it', async () => {
    const { photo } = await decode(await quarters().jpeg().toBuffer());
    expect(Buffer.isBuffer(photo.rgb)).toBe(false);
    expect(photo.rgb.buffer.byteLength).toBe(photo.rgb.length);
  });
});

describe('decode turns upright', () => {
  // Which quarter of the stored picture shows at each place of the upright one, by EXIF's own definition.
  const UPRIGHT: readonly (readonly [orientation: number, places: readonly [number, number, number, number]])[] = [
    [1, [0, 1, 2, 3]],
    [2, [1, 0, 3, 2]],
    [3, [3, 2, 1, 0]],
    [4, [2, 3, 0, 1]],
    [5, [0, 2, 1, 3]],
    [6, [2, 0, 3, 1]],
    [7, [3, 1, 2, 0]],
    [8, [1, 3, 0, 2]],
  ];

  it.each(UPRIGHT)('a JPEG with orientation %i', async (orientation, places) => {
    const bytes = await quarters().jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer();
    const { photo } = await decode(bytes);
    expect([photo.width, photo.height]).toEqual(orientation < 5 ? [160, 120] : [120, 160]);
    const expected = places.map((place) => QUARTERS[place]!);
    expect(difference(middles(photo), expected)).toBeLessThanOrEqual(4);
  });

  it.each(['png', 'webp', 'tiff'] as const)('a %s as well', async (format) => {
    const bytes = await quarters().toFormat(format).withMetadata({ orientation: 6 }).toBuffer();
    const { photo } = await decode(bytes);
    expect([photo.width, photo.height]).toEqual([120, 160]);
    expect(
      difference(
        middles(photo),
        [2, 0, 3, 1].map((place) => QUARTERS[place]!),
      ),
    ).toBeLessThanOrEqual(4);
  });
});

describe('decode converts to 8-bit sRGB', () => {
  const DRESS: Rgb = [200, 50, 50];

  it.each([
    ['Display P3', DISPLAY_P3],
    ['Adobe RGB', ADOBE_RGB],
  ])('%s as the textbook does', async (_, primaries) => {
    const tagged = await pngWithProfile(await solid(DRESS).png().toBuffer(), await profileWith(primaries));
    const expected = inSrgb(DRESS, primaries);
    expect(difference([expected], [DRESS])).toBeGreaterThan(10);
    expect(difference([await colourOf(tagged)], [expected])).toBeLessThanOrEqual(1);
  });

  it.each(['jpeg', 'webp', 'avif', 'tiff'] as const)('the profile of a %s', async (format) => {
    const bytes = await solid(DRESS).withIccProfile('p3').toFormat(format, { quality: 100 }).toBuffer();
    const ignored = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer();
    expect(ignored[0]).toBeLessThan(190);
    expect(difference([await colourOf(bytes)], [DRESS])).toBeLessThanOrEqual(3);
  });

  it.each([
    [12, inSrgb(DRESS, DISPLAY_P3)],
    [1, DRESS],
  ])('an AVIF that names its colours by number (%d) and has no profile', async (primaries, expected) => {
    const plain = await solid(DRESS).avif({ quality: 100 }).toBuffer();
    const { width = 0, height = 0 } = await sharp(plain).metadata();
    const { config, coded } = takeApart(plain, 'av1C');
    const properties = [ispe(width, height), config, nclx(primaries)];
    const bytes = heif([{ type: 'av01', data: coded, properties: [0, 1, 2] }], properties, 'avif');
    expect((await sharp(bytes).metadata()).icc).toBeUndefined();
    const { photo, format } = await decode(bytes);
    expect([photo.width, photo.height, format]).toEqual([width, height, 'avif']);
    expect(difference([await colourOf(bytes)], [expected])).toBeLessThanOrEqual(3);
  });

  it('CMYK', async () => {
    const bytes = await solid(DRESS).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe('cmyk');
    // Paper cannot be as red as a screen.
    expect(difference([await colourOf(bytes)], [DRESS])).toBeLessThanOrEqual(25);
  });

  it('16 bits a channel', async () => {
    const bytes = await solid(DRESS).toColourspace('rgb16').png().toBuffer();
    expect((await sharp(bytes).metadata()).depth).toBe('ushort');
    expect(await colourOf(bytes)).toEqual(DRESS);
  });

  it.each(['b-w', 'grey16'])('grey (%s)', async (space) => {
    const bytes = await solid([90, 90, 90]).toColourspace(space).png().toBuffer();
    expect((await sharp(bytes).metadata()).channels).toBe(1);
    expect(await colourOf(bytes)).toEqual([90, 90, 90]);
  });

  it.each(['srgb', 'rgb16'])('alpha by laying it over white (%s)', async (space) => {
    const bytes = await solid(DRESS, 0.5).toColourspace(space).png().toBuffer();
    expect(difference([await colourOf(bytes)], [[227, 152, 152]])).toBeLessThanOrEqual(1);
  });

  it('grey with alpha', async () => {
    const bytes = await solid([90, 90, 90], 0.5).toColourspace('b-w').png().toBuffer();
    expect(difference([await colourOf(bytes)], [[172, 172, 172]])).toBeLessThanOrEqual(1);
  });

  it('a palette', async () => {
    const bytes = await quarters().png({ palette: true, colours: 4, dither: 0 }).toBuffer();
    expect(difference(middles((await decode(bytes)).photo), QUARTERS)).toBeLessThanOrEqual(4);
  });
});

describe('decode refuses', () => {
  it('an empty photo', async () => {
    expect(await refusal(decode(new Uint8Array(0)))).toMatchObject({ code: 'no-photo', facts: { bytes: 0 } });
  });

  it('more bytes than the limit, however they begin', async () => {
    const error = await refusal(decode(Buffer.alloc(MAX_BYTES + 100_000)));
    expect(error).toMatchObject({ code: 'too-large', facts: { bytes: MAX_BYTES + 100_000, maxBytes: MAX_BYTES } });
    expect(error.message).toBe('The photo is 25.1 MB; the limit is 25 MB.');
  });

  /** A PNG without pixels: any attempt to decode them would fail in another way. @param kind depth, colours, interlacing */
  function hollowPng(side: number, kind: { depth: number; type: number; interlaced: boolean }): Buffer {
    const header = Buffer.from('IHDR\0\0\0\0\0\0\0\0\0\0\0\0\0', 'latin1');
    header.writeUInt32BE(side, 4);
    header.writeUInt32BE(side, 8);
    header.set([kind.depth, kind.type, 0, 0, kind.interlaced ? 1 : 0], 12);
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32(header));
    return Buffer.concat([
      Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\x0d', 'latin1'),
      header,
      crc,
      Buffer.from('\0\0\0\x0cIDAT\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0', 'latin1'),
    ]);
  }

  it('an interlaced PNG that is too large to be held at once, by its header alone', async () => {
    const error = await refusal(decode(hollowPng(7000, { depth: 16, type: 6, interlaced: true })));
    expect(error).toMatchObject({ code: 'too-complex', facts: { heldBytes: 392_000_000, maxHeldBytes: 200_000_000 } });
    expect(error.message).toContain('interlaced PNG of which 392 MB must be held at once; the limit is 200 MB');
    // Any of 8 bits is tried, and so is what comes row by row.
    for (const kind of [
      { depth: 8, type: 6, interlaced: true },
      { depth: 16, type: 6, interlaced: false },
    ])
      expect(await refusal(decode(hollowPng(7000, kind)))).toMatchObject({ code: 'undecodable-image' });
  });

  it('an animated WebP that is too large to be held at once, however small its frames are', async () => {
    const frame = (
      await sharp({ create: { width: 2, height: 2, channels: 3, background: '#888' } })
        .webp()
        .toBuffer()
    ).subarray(12);
    const chunk = (name: string, ...parts: Uint8Array[]) => {
      const data = Buffer.concat(parts);
      const head = Buffer.from(`${name}\0\0\0\0`, 'latin1');
      head.writeUInt32LE(data.length, 4);
      return Buffer.concat([head, data]);
    };
    const canvas = Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    canvas.writeUIntLE(6999, 4, 3);
    canvas.writeUIntLE(6999, 7, 3);
    const place = Buffer.from([0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 100, 0, 0, 0]);
    const chunks = [chunk('VP8X', canvas), chunk('ANIM', Buffer.alloc(6)), chunk('ANMF', place, frame)];
    const error = await refusal(decode(chunk('RIFF', Buffer.from('WEBP'), ...chunks)));
    expect(error).toMatchObject({ code: 'too-complex', facts: { format: 'webp', heldBytes: 392_000_000 } });
  });

  it('a picture with too many pixels by its header alone', async () => {
    const error = await refusal(decode(hollowPng(30_000, { depth: 8, type: 2, interlaced: false })));
    expect(error).toMatchObject({
      code: 'too-many-pixels',
      facts: { width: 30_000, height: 30_000, pixels: 900_000_000, maxPixels: MAX_PIXELS },
    });
    expect(error.message).toBe('The photo is 30000x30000 pixels (900.0 megapixels); the limit is 50 megapixels.');
  });

  it('one row of pixels above the limit, and takes the limit itself', async () => {
    const blank = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: '#888' }, limitInputPixels: false })
        .jpeg()
        .toBuffer();
    expect(await refusal(decode(await blank(10_000, 5001)))).toMatchObject({ code: 'too-many-pixels' });
    expect((await decode(await blank(10_000, 5000))).photo.height).toBe(5000);
  });

  it('one pixel below the least side, and takes the least side itself', async () => {
    const error = await refusal(
      decode(
        await quarters(300, MIN_SIDE - 1)
          .png()
          .toBuffer(),
      ),
    );
    expect(error).toMatchObject({ code: 'too-small', facts: { width: 300, height: MIN_SIDE - 1, minSide: MIN_SIDE } });
    expect(error.message).toBe('The photo is 300x63 pixels; each side must have at least 64.');
    expect((await decode(await quarters(300, MIN_SIDE).png().toBuffer())).photo.height).toBe(MIN_SIDE);
  });

  it('what is no photo, naming what it is and what would be read', async () => {
    const error = await refusal(decode(Buffer.from('%PDF-1.7')));
    expect(error).toMatchObject({ code: 'unsupported-format', status: 415, facts: { found: 'a PDF document' } });
    expect(error.message).toBe(
      'The file is a PDF document; the formats read are jpeg, png, webp, avif, gif, tiff, heic.',
    );
  });

  it('an SVG even when it comes dressed as a TIFF', async () => {
    const disguised = Buffer.concat([Buffer.from('II*\0'), Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')]);
    expect(await refusal(decode(disguised))).toMatchObject({ code: 'undecodable-image' });
    // And should one slip past the sniffer, sharp itself no longer opens it.
    await expect(sharp(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')).metadata()).rejects.toThrow();
  });

  it('a TIFF with more channels than a picture has', async () => {
    const many = tiff({
      width: 64,
      height: 64,
      channels: 6 as 3,
      stride: 6 * 64,
      data: Buffer.alloc(6 * 64 * 64),
      icc: null,
    });
    expect(await refusal(decode(many))).toMatchObject({ code: 'undecodable-image' });
  });

  it('a JPEG that was cut short and closed again', async () => {
    for (const progressive of [false, true]) {
      const whole = await texture(400, 300).jpeg({ progressive }).toBuffer();
      const cut = Buffer.concat([whole.subarray(0, 0.6 * whole.length), Buffer.from([0xff, 0xd9])]);
      await expect(sharp(cut, { failOn: 'error' }).raw().toBuffer()).resolves.toBeDefined();
      expect(await refusal(decode(cut))).toMatchObject({ code: 'undecodable-image', facts: { format: 'jpeg' } });
    }
  });

  it.each(['jpeg', 'png', 'gif', 'avif', 'tiff'] as const)('a %s whose download ended in zeros', async (format) => {
    const whole = await texture(400, 300).toFormat(format, { effort: 1, compression: 'lzw' }).toBuffer();
    whole.fill(0, Math.floor(0.6 * whole.length));
    const error = await refusal(decode(whole));
    expect(error).toMatchObject({ code: 'undecodable-image', facts: { format } });
    expect(error.message).toBe(`The ${format.toUpperCase()} file is damaged or incomplete and cannot be decoded.`);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('a PNG with one wrong bit in its pixels', async () => {
    const png = await texture(200, 100).png().toBuffer();
    png[png.indexOf('IDAT') + 1000]! ^= 1;
    expect(await refusal(decode(png))).toMatchObject({ code: 'undecodable-image' });
  });
});

describe('decode forgives', () => {
  it('bytes after the end of a JPEG, as phones with motion photos append them', async () => {
    const jpeg = await texture(200, 150).jpeg().toBuffer();
    const { photo } = await decode(Buffer.concat([jpeg, Buffer.alloc(5000, 7)]));
    expect(Buffer.compare(photo.rgb, (await decode(jpeg)).photo.rgb)).toBe(0);
  });

  it('padding before the end marker of a JPEG, which libjpeg warns about', async () => {
    const jpeg = await texture(200, 150).jpeg({ progressive: true }).toBuffer();
    const padded = Buffer.concat([jpeg.subarray(0, -2), Buffer.alloc(4), jpeg.subarray(-2)]);
    await expect(sharp(padded, { failOn: 'warning' }).raw().toBuffer()).rejects.toThrow('extraneous bytes');
    const { photo } = await decode(padded);
    expect(Buffer.compare(photo.rgb, (await decode(jpeg)).photo.rgb)).toBe(0);
  });
});

describe('decode of damaged files', () => {
  it.each(EVERY_FORMAT)('cut anywhere, a %s is refused or whole, never half grey', async (_, write) => {
    const bytes = await write(texture(96, 80)).toBuffer();
    const whole = (await decode(bytes)).photo.rgb;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: bytes.length - 1 }), async (length) => {
        const result = await decode(bytes.subarray(0, length)).catch((error: unknown) => error);
        if (result instanceof DresscutError) expect(result.final).toBe(true);
        else expect(Buffer.compare((result as Awaited<ReturnType<typeof decode>>).photo.rgb, whole)).toBe(0);
      }),
      { numRuns: 60, examples: [[bytes.length - 1], [bytes.length - 2], [bytes.length - 20]] },
    );
  });

  it.each(EVERY_FORMAT)('with any bytes changed, a %s throws nothing but DresscutError', async (_, write) => {
    const bytes = await write(texture(96, 80)).toBuffer();
    const change = fc.tuple(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const damaged = Buffer.from(bytes);
        for (const [at, value] of changes) damaged[at] = value;
        const result = await decode(damaged).catch((error: unknown) => error);
        if (result instanceof DresscutError) expect(result.final).toBe(true);
        else {
          const { photo } = result as Awaited<ReturnType<typeof decode>>;
          expect(photo.rgb).toHaveLength(3 * photo.width * photo.height);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('made of random bytes after a true beginning throw nothing but DresscutError', async () => {
    const heads = [
      '\xff\xd8\xff\xe0',
      '\x89PNG\r\n\x1a\n',
      'GIF89a',
      'RIFF\0\0\0\0WEBPVP8 ',
      'II*\0\x08\0\0\0',
      'MM\0*',
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('', ...heads), fc.uint8Array({ maxLength: 300 }), async (head, tail) => {
        const result = await decode(Buffer.concat([Buffer.from(head, 'latin1'), tail])).catch((error) => error);
        expect(result).toBeInstanceOf(DresscutError);
        expect((result as DresscutError).final).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is decoded in the process that answers', () => {
  const jpeg = (frame: number) => async () => {
    const file = await quarters().jpeg().toBuffer();
    file[file.indexOf(Buffer.from([0xff, 0xc0])) + 1] = frame;
    return file;
  };
  const translucent = () => solid([200, 50, 50], 0.5);
  test.each<[boolean, string, 'jpeg' | 'png' | 'webp' | 'gif', () => Promise<Buffer>]>([
    [true, 'a baseline JPEG', 'jpeg', jpeg(0xc0)],
    [true, 'a progressive JPEG', 'jpeg', () => quarters().jpeg({ progressive: true }).toBuffer()],
    [false, 'an arithmetic JPEG', 'jpeg', jpeg(0xc9)],
    [false, 'a progressive arithmetic JPEG', 'jpeg', jpeg(0xca)],
    [true, 'a PNG', 'png', () => quarters().png().toBuffer()],
    [false, 'an interlaced PNG', 'png', () => quarters().png({ progressive: true }).toBuffer()],
    [true, 'a lossy WebP', 'webp', () => quarters().webp().toBuffer()],
    [false, 'a lossless WebP', 'webp', () => quarters().webp({ lossless: true }).toBuffer()],
    [false, 'a lossy WebP with alpha', 'webp', () => translucent().webp().toBuffer()],
    [false, 'a GIF', 'gif', () => quarters().gif().toBuffer()],
  ])('%s: %s', async (here, _, format, make) => {
    expect(isBounded(await make(), format)).toBe(here);
  });
});
