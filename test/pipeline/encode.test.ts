import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import sharp from 'sharp';
import { encode, encodeMask } from '../../lib/pipeline/encode';
import type { Box, Cutout, Matte } from '../../lib/raster';
import { refusal, texture } from '../helpers/pictures';

// Taken out once: inside jest each look at a global costs more than the arithmetic.
const { abs, floor, hypot, imul, max, min, round } = Math;

const ROOT = join(__dirname, '..', '..');
const RED = [200, 30, 40] as const;

/** A disc of one colour with a soft edge of two pixels; RGB is zero under alpha 0, as compose leaves it. */
function disc(width: number, height: number, inside = 255, outside = 0): Cutout {
  const rgba = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const distance = hypot((i % width) - width / 2, floor(i / width) - height / 2);
    const share = min(1, max(0, (min(width, height) / 2.5 - distance) / 2));
    const alpha = round(outside + share * (inside - outside));
    if (alpha > 0) rgba.set([...RED, alpha], 4 * i);
  }
  return { kind: 'cutout', width, height, rgba };
}

function matteOf({ width, height, rgba }: Cutout): Matte {
  const alpha = new Uint8Array(width * height).map((_, i) => rgba[4 * i + 3]!);
  return { kind: 'matte', width, height, alpha, box: null };
}

async function photographic(width: number, height: number): Promise<Cutout> {
  const cutout = disc(width, height);
  const rgb = await texture(width, height).raw().toBuffer();
  for (let i = 0; i < width * height; i++) {
    if (cutout.rgba[4 * i + 3]) cutout.rgba.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
  }
  return cutout;
}

describe('encode', () => {
  it.each([
    ['png', 'image/png', 'png'],
    ['webp', 'image/webp', 'webp'],
    ['jpeg', 'image/jpeg', 'jpeg'],
  ] as const)('writes %s and says so', async (format, contentType, found) => {
    const encoded = await encode(disc(200, 150, 255, 255), { format, size: null });
    expect(encoded).toMatchObject({ contentType, width: 200, height: 150 });
    expect(Buffer.isBuffer(encoded.bytes)).toBe(false);
    expect(await sharp(encoded.bytes).metadata()).toMatchObject({ format: found, width: 200, height: 150 });
  });

  it('loses nothing in a PNG', async () => {
    const cutout = await photographic(200, 150);
    const { bytes } = await encode(cutout, { format: 'png', size: null });
    expect(Buffer.compare(await sharp(bytes).raw().toBuffer(), cutout.rgba)).toBe(0);
  });

  it('keeps the alpha of a WebP exactly, and its colours nearly', async () => {
    const cutout = await photographic(200, 150);
    const back = await sharp((await encode(cutout, { format: 'webp', size: null })).bytes)
      .raw()
      .toBuffer();
    let sum = 0;
    let count = 0;
    let wrongAlphas = 0;
    for (let i = 0; i < back.length; i += 4) {
      if (back[i + 3] !== cutout.rgba[i + 3]) wrongAlphas += 1;
      if (back[i + 3] !== 255) continue;
      for (let c = 0; c < 3; c++) sum += abs(back[i + c]! - cutout.rgba[i + c]!);
      count += 3;
    }
    expect(wrongAlphas).toBe(0);
    expect(sum / count).toBeLessThan(8);
  });

  it.each(['png', 'webp'] as const)('leaves an alpha that is 255 everywhere out of a %s', async (format) => {
    const { bytes } = await encode(disc(100, 100, 255, 255), { format, size: null });
    expect((await sharp(bytes).metadata()).hasAlpha).toBe(false);
  });

  it('refuses to put one transparent pixel into a JPEG', async () => {
    const cutout = disc(100, 80, 255, 255);
    cutout.rgba[4 * 7999 + 3] = 254;
    const error = await refusal(encode(cutout, { format: 'jpeg', size: null }));
    expect(error).toMatchObject({ code: 'invalid-option', status: 400 });
    expect(error.message).toContain('name a background');
  });

  it('keeps the colour of a JPEG from bleeding over an edge', async () => {
    const rgba = new Uint8Array(4 * 64 * 64).fill(255);
    for (let i = 0; i < 64 * 64; i++) if (i % 64 < 31) rgba.set(RED, 4 * i);
    const { bytes } = await encode({ kind: 'cutout', width: 64, height: 64, rgba }, { format: 'jpeg', size: null });
    const { data } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    // The white column beside the red: with 4:2:0 its green falls by more than 30 levels.
    expect(data[3 * (32 * 64 + 31) + 1]).toBeGreaterThan(240);
  });

  it('refuses a WebP with a side that the format cannot say', async () => {
    const cutout: Cutout = { kind: 'cutout', width: 17_000, height: 2, rgba: new Uint8Array(4 * 34_000) };
    const error = await refusal(encode(cutout, { format: 'webp', size: null }));
    expect(error).toMatchObject({ code: 'invalid-option', facts: { width: 17_000, maxSide: 16_383 } });
    expect((await encode(cutout, { format: 'webp', size: 1000 })).width).toBe(1000);
  });

  it.each(['png', 'webp', 'jpeg'] as const)('carries no metadata into a %s', async (format) => {
    const { exif, icc, xmp, iptc, orientation, density } = await sharp(
      (await encode(disc(100, 80, 255, 255), { format, size: 50 })).bytes,
    ).metadata();
    expect({ exif, icc, xmp, iptc, orientation }).toEqual({});
    expect(density ?? 72).toBe(72);
  });

  it.each(['png', 'webp', 'jpeg'] as const)('gives the same %s bytes for the same pixels', async (format) => {
    const cutout = format === 'jpeg' ? disc(300, 200, 255, 255) : await photographic(300, 200);
    const [first, second] = [await encode(cutout, { format, size: 90 }), await encode(cutout, { format, size: 90 })];
    expect(Buffer.compare(first.bytes, second.bytes)).toBe(0);
  });
});

describe('encode of a part of a picture', () => {
  const box = { width: 90, height: 60, left: 25, top: 13 };
  const surround = { width: 140, height: 100, left: box.left, top: box.top };
  /** Whole blocks of a WebP. */
  const blocks = { width: 96, height: 64, left: 16, top: 32 };

  /** The whole picture, every pixel of it in memory. */
  function whole(part: Cutout, colour: readonly number[], box: Pick<Box, 'left' | 'top'>): Cutout {
    const { width, height } = surround;
    const rgba = new Uint8Array(4 * width * height);
    for (let i = 0; i < width * height; i++) rgba.set(colour, 4 * i);
    for (let y = 0; y < part.height; y++) {
      const row = part.rgba.subarray(4 * y * part.width, 4 * (y + 1) * part.width);
      rgba.set(row, 4 * ((box.top + y) * width + box.left));
    }
    return { kind: 'cutout', width, height, rgba };
  }

  it.each([
    ['png', null, box],
    ['png', 70, box],
    ['webp', null, blocks],
    ['webp', 70, box],
  ] as const)('gives the same %s bytes as the whole, transparent around it, at size %s', async (format, size, box) => {
    const { left, top, ...extent } = box;
    const part = await photographic(extent.width, extent.height);
    const all = whole(part, [0, 0, 0, 0], box);
    const { bytes, ...rest } = await encode(part, { format, size }, { ...surround, left, top, colour: null });
    const { bytes: wanted, ...same } = await encode(all, { format, size });
    expect(rest).toEqual(same);
    expect(Buffer.compare(bytes, wanted)).toBe(0);
  });

  it.each([
    ['png', null],
    ['webp', 70],
    ['jpeg', null],
    ['jpeg', 70],
  ] as const)('gives the same %s bytes as the whole, in a colour around it, at size %s', async (format, size) => {
    const part = disc(box.width, box.height, 255, 255);
    const colour = { r: 250, g: 240, b: 10 };
    const { bytes } = await encode(part, { format, size }, { ...surround, colour });
    const { bytes: wanted } = await encode(whole(part, [250, 240, 10, 255], box), { format, size });
    expect(Buffer.compare(bytes, wanted)).toBe(0);
  });

  it('refuses a JPEG of an opaque part with nothing around it', async () => {
    const part = disc(box.width, box.height, 255, 255);
    const error = await refusal(encode(part, { format: 'jpeg', size: null }, { ...surround, colour: null }));
    expect(error).toMatchObject({ code: 'invalid-option', facts: { format: 'jpeg' } });
  });
});

describe('encode of a picture with more detail than a WebP has room for', () => {
  /** Grain, the same each time: no block can be foretold from its neighbours. */
  function grain(side: number): Cutout {
    const rgba = new Uint8Array(4 * side * side);
    // A few rows are drawn and then repeated: drawing all would take longer than encoding them.
    const drawn = 4 * side * 32;
    let state = 1;
    for (let i = 0; i < drawn; i++) {
      state = (imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      rgba[i] = i % 4 === 3 ? 255 : 100 + (state >>> 26);
    }
    for (let filled = drawn; filled < rgba.length; filled *= 2) rgba.copyWithin(filled, 0, filled);
    rgba[3] = 0;
    return { kind: 'cutout', width: side, height: side, rgba };
  }

  it('gives up quality, not pixels', async () => {
    const cutout = grain(4400);
    // At the quality of other pictures the encoder refuses this one.
    const { bytes, width, height } = await encode(cutout, { format: 'webp', size: null });
    expect([width, height]).toEqual([4400, 4400]);
    const { data, info } = await sharp(bytes)
      .extract({ left: 0, top: 0, width: 64, height: 64 })
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(info.channels).toBe(4);
    expect([data[3], data[7]]).toEqual([0, 255]);
    expect(abs(data[4]! - cutout.rgba[4]!)).toBeLessThan(40);
  }, 180_000);
});

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('encode of a large picture', () => {
  // 24 megapixels: 96 MB before they are encoded.
  onLinux.each([
    // 302 MB. With libwebp's own way to write alpha it is 803, with a copy of the pixels 387.
    [
      'webp',
      'of a round edge',
      'Math.max(0, Math.min(255, 2000 - Math.hypot((i % width) - 2000, i / width - 3000)))',
      350,
    ],
    // 165 MB. With a copy of the pixels 346.
    ['jpeg', 'all opaque', '255', 240],
  ])(
    'takes no more memory than the pixels and a %s do: %s',
    async (format, _, alpha, megabytes) => {
      const script = `
      const { encode } = require('./lib/pipeline/encode');
      const [width, height] = [4000, 6000];
      const rgba = new Uint8Array(4 * width * height);
      for (let i = 0; i < width * height; i++) rgba[4 * i + 3] = ${alpha};
      encode({ kind: 'cutout', width, height, rgba }, { format: '${format}', size: null }).then((encoded) => {
        // Its own peak: what it tells of its resources counts the process that started it, too.
        const status = require('node:fs').readFileSync('/proc/self/status', 'latin1');
        console.log(encoded.width, encoded.height, Number(/VmHWM:\\s+(\\d+)/.exec(status)?.[1]) / 1000);
      });`;
      const child = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', script], { cwd: ROOT });
      const [width, height, peak] = (await text(child.stdout)).split(' ').map(Number);
      expect([width, height]).toEqual([4000, 6000]);
      expect(peak).toBeLessThan(megabytes);
    },
    60_000,
  );
});

describe('encode to a size', () => {
  it('makes the longest side that size, keeps proportions, never enlarges', async () => {
    const side = fc.integer({ min: 1, max: 400 });
    await fc.assert(
      fc.asyncProperty(side, side, fc.integer({ min: 16, max: 500 }), async (width, height, size) => {
        const cutout: Cutout = { kind: 'cutout', width, height, rgba: new Uint8Array(4 * width * height).fill(255) };
        const encoded = await encode(cutout, { format: 'png', size });
        const written = await sharp(encoded.bytes).metadata();
        expect([written.width, written.height]).toEqual([encoded.width, encoded.height]);
        expect(max(encoded.width, encoded.height)).toBe(min(size, max(width, height)));
        const scale = min(1, size / max(width, height));
        expect(abs(encoded.width - width * scale)).toBeLessThanOrEqual(1);
        expect(abs(encoded.height - height * scale)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });

  it('darkens no edge with the black under alpha 0, and draws no ring around it', async () => {
    const { bytes } = await encode(disc(400, 400), { format: 'png', size: 100 });
    const small = await sharp(bytes).raw().toBuffer();
    const found = { colouredNothing: 0, offColour: 0, ring: 0, edge: 0 };
    for (let i = 0; i < 100 * 100; i++) {
      const [r = 0, g = 0, b = 0, alpha = 0] = small.subarray(4 * i, 4 * i + 4);
      if (alpha === 0 && r + g + b > 0) found.colouredNothing += 1;
      if (alpha > 0 && alpha < 255) found.edge += 1;
      // Eight bits of premultiplied colour say little about a nearly invisible pixel.
      if (alpha > 32 && max(abs(r - RED[0]), abs(g - RED[1])) > 8) found.offColour += 1;
      const distance = hypot((i % 100) - 49.5, floor(i / 100) - 49.5);
      if (alpha > 0 && distance > 43) found.ring += 1;
    }
    expect(found).toEqual({ colouredNothing: 0, offColour: 0, ring: 0, edge: expect.any(Number) });
    expect(found.edge).toBeGreaterThan(100);
  });
});

describe('encodeMask', () => {
  const matte = matteOf(disc(120, 90));

  it('writes an 8-bit grey PNG that holds the alpha exactly', async () => {
    const { bytes, contentType, width, height } = await encodeMask(matte, { format: 'png', size: null });
    expect({ contentType, width, height }).toEqual({ contentType: 'image/png', width: 120, height: 90 });
    expect(await sharp(bytes).metadata()).toMatchObject({ channels: 1, depth: 'uchar', space: 'b-w' });
    // PNG's own header: bit depth 8, colour type 0 (grey).
    expect([bytes[24], bytes[25]]).toEqual([8, 0]);
    const back = await sharp(bytes).toColourspace('b-w').raw().toBuffer();
    expect(Buffer.compare(back, matte.alpha)).toBe(0);
  });

  it('writes a WebP that holds the alpha exactly', async () => {
    const { bytes } = await encodeMask(matte, { format: 'webp', size: null });
    const back = await sharp(bytes).extractChannel(0).raw().toBuffer();
    expect(Buffer.compare(back, matte.alpha)).toBe(0);
  });

  it('writes a grey JPEG', async () => {
    const { bytes } = await encodeMask(matte, { format: 'jpeg', size: null });
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', channels: 1 });
  });

  it('reduces smoothly', async () => {
    const { bytes, width, height } = await encodeMask(matte, { format: 'png', size: 40 });
    expect([width, height]).toEqual([40, 30]);
    const levels = new Set(await sharp(bytes).extractChannel(0).raw().toBuffer());
    expect(levels.size).toBeGreaterThan(5);
  });
});
