import fc from 'fast-check';
import { resize } from '../../lib/pipeline/resize';
import type { Photo } from '../../lib/raster';
import { difference, middles, pixel, QUARTERS, quarters, texture } from '../helpers/pictures';

async function photoOf(image: ReturnType<typeof quarters>, width: number, height: number): Promise<Photo> {
  return { kind: 'photo', width, height, rgb: new Uint8Array(await image.raw().toBuffer()) };
}

function striped(width: number, height: number): Photo {
  const rgb = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) rgb.fill((i % width) % 2 ? 255 : 0, 3 * i, 3 * i + 3);
  return { kind: 'photo', width, height, rgb };
}

describe('resize', () => {
  it('keeps each part of the photo in its place', async () => {
    const small = await resize(await photoOf(quarters(640, 480), 640, 480), 96, 64);
    expect(small).toMatchObject({ kind: 'photo', width: 96, height: 64 });
    expect(small.rgb).toHaveLength(3 * 96 * 64);
    expect(difference(middles(small), QUARTERS)).toBeLessThanOrEqual(1);
  });

  it('turns stripes finer than its pixels into their mean, not into other stripes', async () => {
    const small = await resize(striped(700, 500), 96, 96);
    const row = Array.from({ length: 86 }, (_, x) => Math.abs(pixel(small, x + 5, 48)[0] - 127.5));
    expect(Math.max(...row)).toBeLessThan(12);
  });

  it('gives the same bytes for the same pixels', async () => {
    const photo = await photoOf(texture(500, 400), 500, 400);
    const [first, second] = [await resize(photo, 128, 96), await resize(photo, 128, 96)];
    expect(Buffer.compare(first.rgb, second.rgb)).toBe(0);
  });

  it('gives back the photo itself when it has the size already', async () => {
    const photo = await photoOf(quarters(96, 64), 96, 64);
    expect(await resize(photo, 96, 64)).toBe(photo);
  });

  it('makes any size of any size, and keeps a flat colour flat', async () => {
    const side = fc.integer({ min: 1, max: 300 });
    await fc.assert(
      fc.asyncProperty(side, side, side, side, fc.integer({ min: 0, max: 255 }), async (w, h, toW, toH, level) => {
        const photo: Photo = { kind: 'photo', width: w, height: h, rgb: new Uint8Array(3 * w * h).fill(level) };
        const small = await resize(photo, toW, toH);
        expect([small.width, small.height, small.rgb.length]).toEqual([toW, toH, 3 * toW * toH]);
        const wrong = small.rgb.findIndex((value) => value < level - 1 || value > level + 1);
        expect(wrong).toBe(-1);
      }),
      { numRuns: 80 },
    );
  });
});
