import fc from 'fast-check';
import { alphaMatte } from '../../lib/pipeline/alpha-matte';
import { type Region, samplePhoto } from '../../lib/pipeline/region';
import type { Photo } from '../../lib/raster';
import { bytesOf, GREEN, grainy, paint, plainBox, RED } from '../helpers/scenes';

const SETTINGS = { radius: 3, epsilon: 1e-4, clip: 0.15 };
/** Where alpha was not written. */
const UNTOUCHED = 0;

function alphaOf(photo: Photo, region: Region, mask: Uint8Array): Uint8Array {
  const { width, height } = region;
  const { alpha, box } = alphaMatte(photo, region, samplePhoto(photo, region), { width, height, data: mask }, SETTINGS);
  expect(box).toEqual(plainBox(alpha, photo.width, photo.height));
  return alpha;
}

describe('alphaMatte', () => {
  // A vertical edge at column 101 of the photo; the working size has it only to the nearest 4 pixels, and the
  // mask is one working pixel off.
  const photo = grainy(
    paint(200, 120, (x) => (x < 101 ? RED : GREEN)),
    6,
  );
  const region: Region = { left: 0, top: 0, scale: 4, width: 50, height: 30 };
  const mask = bytesOf(50, 30, (x) => (x < 26 ? 1 : 0));

  it('puts the edge where the photo has it, not where the small mask has it', () => {
    const alpha = alphaOf(photo, region, mask);
    for (let y = 10; y < 110; y++) {
      const row = alpha.subarray(200 * y, 200 * (y + 1));
      const edge = row.findIndex((a) => a < 128);
      expect(edge).toBeGreaterThanOrEqual(100);
      expect(edge).toBeLessThanOrEqual(102);
    }
  });

  it('leaves the mask as it is away from its outline', () => {
    // The strip reaches 6 working pixels, 24 of the photo's, to each side.
    const alpha = alphaOf(photo, region, mask);
    const wrong = alpha.findIndex((a, i) => {
      const x = i % 200;
      return (x < 104 - 28 && a !== 255) || (x >= 104 + 28 && a !== 0);
    });
    expect(wrong).toBe(-1);
  });

  it('lets hard edges be soft, in between as well as all and nothing', () => {
    const soft = grainy(
      paint(200, 120, (x) => {
        const share = Math.min(1, Math.max(0, (106 - x) / 8));
        return [0, 1, 2].map((c) => RED[c]! * share + GREEN[c]! * (1 - share)) as [number, number, number];
      }),
      2,
    );
    const row = alphaOf(soft, region, mask).subarray(200 * 60, 200 * 61);
    const between = Array.from(row).filter((a) => a > 20 && a < 235).length;
    expect(between).toBeGreaterThanOrEqual(3);
    expect(between).toBeLessThanOrEqual(12);
  });

  /** Photos, regions and scales that do not divide. */
  const place = fc.record({
    width: fc.integer({ min: 1, max: 90 }),
    height: fc.integer({ min: 1, max: 90 }),
    left: fc.nat({ max: 60 }),
    top: fc.nat({ max: 60 }),
    scale: fc.oneof(fc.constant(1), fc.double({ min: 1, max: 9, noNaN: true })),
    right: fc.nat({ max: 60 }),
  });

  it('covers every pixel of the region, and none outside it, for sizes that do not divide', () => {
    fc.assert(
      fc.property(place, ({ width, height, scale, ...corner }) => {
        const left = corner.left % width;
        const top = corner.top % height;
        const region: Region = {
          left,
          top,
          scale,
          width: Math.ceil(Math.min(width - left, 1 + corner.right) / scale),
          height: Math.ceil((height - top) / scale),
        };
        const picture = paint(width, height, (x, y) => [x, y, 128]);
        const all = new Uint8Array(region.width * region.height).fill(1);
        const alpha = alphaOf(picture, region, all);
        const end = Math.min(width, Math.round(left + region.width * scale));
        const wrong = alpha.findIndex((a, i) => {
          const [x, y] = [i % width, Math.floor(i / width)];
          return a !== (x >= left && x < end && y >= top ? 255 : UNTOUCHED);
        });
        expect(wrong).toBe(-1);
        expect(alphaOf(picture, region, all.fill(0)).every((a) => a === 0)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('gives more alpha on the side of the mask, for any shape of photo and either order of brightness', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 40, max: 200 }),
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 1, max: 6, noNaN: true }),
        fc.boolean(),
        (width, height, scale, bright) => {
          const edge = Math.round(width / 2);
          const colours = bright ? ([RED, GREEN] as const) : ([GREEN, RED] as const);
          const picture = paint(width, height, (x) => (x < edge ? colours[0] : colours[1]));
          const region: Region = {
            left: 0,
            top: 0,
            scale,
            width: Math.ceil(width / scale),
            height: Math.ceil(height / scale),
          };
          const small = bytesOf(region.width, region.height, (x) => ((x + 0.5) * scale < edge ? 1 : 0));
          const alpha = alphaOf(picture, region, small);
          for (let y = 0; y < height; y++) {
            expect(alpha[y * width]).toBe(255);
            expect(alpha[y * width + width - 1]).toBe(0);
            expect(alpha[y * width + edge - 1]!).toBeGreaterThan(alpha[y * width + edge]!);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
