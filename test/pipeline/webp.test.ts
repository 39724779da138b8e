import fc from 'fast-check';
import sharp from 'sharp';
import { encode } from '../../lib/pipeline/encode';
import { alphaChunk, greyWebp, withAlpha } from '../../lib/pipeline/webp';
import type { Cutout } from '../../lib/raster';

// Taken out once: inside jest each look at a global costs more than the arithmetic.
const { abs, imul, max } = Math;

/** The shades of a WebP, as libwebp reads them. */
async function shades(file: Uint8Array): Promise<Buffer> {
  return sharp(file).extractChannel(0).raw().toBuffer();
}

/** Like mattes: runs, rows like the one above, and what is neither. */
const parts = fc.array(
  fc.tuple(fc.constantFrom('run', 'noise', 'above'), fc.nat(255), fc.integer({ min: 1, max: 5000 })),
  { minLength: 1, maxLength: 3 },
);

function planeOf(width: number, made: readonly (readonly [string, number, number])[]): Uint8Array {
  const numbers: number[] = [];
  let state = 1;
  for (const [kind, value, count] of made) {
    for (let i = 0; i < count; i++) {
      state = (imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      numbers.push(kind === 'run' ? value : ((kind === 'above' ? numbers.at(-width) : undefined) ?? state >>> 24));
    }
  }
  while (numbers.length % width !== 0) numbers.push(7);
  return Uint8Array.from(numbers);
}

describe('a WebP of a plane', () => {
  it('is read by libwebp as it was, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 70 }), parts, async (width, made) => {
        const plane = planeOf(width, made);
        const file = greyWebp(plane, width);
        expect(await sharp(file).metadata()).toMatchObject({ format: 'webp', width, height: plane.length / width });
        expect(Buffer.compare(await shades(file), plane)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('gives each of 256 shades a word, though one is 40,000 times as frequent as another', async () => {
    // Counts like Fibonacci's numbers make the longest words, longer than the format allows.
    const counts = [1, 1];
    while (counts.length < 24) counts.push(counts.at(-1)! + counts.at(-2)!);
    const numbers = counts.flatMap((count, value) =>
      Array.from({ length: count }, (_, i) => ({ value, at: i / count })),
    );
    numbers.sort((a, b) => a.at - b.at);
    const width = 100;
    const plane = new Uint8Array(width * Math.ceil(numbers.length / width)).map((_, i) => numbers[i]?.value ?? 255);
    expect(Buffer.compare(await shades(greyWebp(plane, width)), plane)).toBe(0);
  });

  it.each([
    [1, 1],
    [16_383, 1],
    [1, 16_383],
  ])('may be %d x %d', async (width, height) => {
    const plane = new Uint8Array(width * height).map((_, i) => i % 251);
    expect(Buffer.compare(await shades(greyWebp(plane, width)), plane)).toBe(0);
  });

  it('says little where there is little to say', () => {
    expect(greyWebp(new Uint8Array(4_000_000), 2000).length).toBeLessThan(3000);
  });
});

describe('a lossy WebP with alpha', () => {
  it('is read by libwebp with just this alpha', async () => {
    const [width, height] = [37, 21];
    const opaque = await sharp({ create: { width, height, channels: 3, background: '#a33' } })
      .webp()
      .toBuffer();
    const alpha = new Uint8Array(width * height).map((_, i) => (i * i) % 256);
    const file = withAlpha(opaque, alphaChunk(alpha, width), { width, height });
    expect(file.length % 2).toBe(0);
    expect(Buffer.compare(await sharp(file).extractChannel(3).raw().toBuffer(), alpha)).toBe(0);
  });

  it('takes no black into an edge', async () => {
    // A light square whose edge lies in the middle of the samples and of the blocks by which colours are told.
    const side = 64;
    const rgba = new Uint8Array(4 * side * side);
    for (let i = 0; i < side * side; i++) {
      const [x, y] = [i % side, Math.floor(i / side)];
      if (x > 10 && x < 53 && y > 10 && y < 53) rgba.set([250, 200, 210, 255], 4 * i);
    }
    const cutout: Cutout = { kind: 'cutout', width: side, height: side, rgba };
    const back = await sharp((await encode(cutout, { format: 'webp', size: null })).bytes)
      .raw()
      .toBuffer();
    let worst = 0;
    for (let o = 0; o < back.length; o += 4) {
      if (back[o + 3] === 255)
        worst = max(worst, abs(back[o]! - 250), abs(back[o + 1]! - 200), abs(back[o + 2]! - 210));
    }
    expect(worst).toBeLessThan(8);
  });
});
