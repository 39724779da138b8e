import fc from 'fast-check';
import { place, regionOf } from '../../lib/http/removebg/geometry';
import { parseRemovebg } from '../../lib/http/removebg/options';
import type { Box } from '../../lib/raster';

const photo = { width: 1000, height: 2000 };
const dress: Box = { left: 300, top: 400, width: 200, height: 800 };
const FULL = 25e6;
const placed = (asked: Record<string, string>, most = FULL) => place(photo, dress, parseRemovebg(asked), most);
const box = (left: number, top: number, width: number, height: number): Box => ({ left, top, width, height });

test('without options the dress stays where it was', () => {
  expect(placed({})).toEqual({ source: dress, canvas: photo, target: dress });
});

test('crop leaves the dress alone, and margins of its own size or in pixels around it, beyond the photo too', () => {
  expect(placed({ crop: 'true' })).toEqual({
    source: dress,
    canvas: { width: 200, height: 800 },
    target: box(0, 0, 200, 800),
  });
  const { canvas, target } = placed({ crop: 'true', crop_margin: '10% 30px 50% 500px' });
  expect(canvas).toEqual({ width: 200 + 30 + 500, height: 800 + 80 + 400 });
  expect(target).toEqual(box(500, 80, 200, 800));
  expect(placed({ crop: 'true', crop_margin: '10px 20px' }).target).toEqual(box(20, 10, 200, 800));
});

test('a margin without a crop does nothing, as at remove.bg', () => {
  expect(placed({ crop_margin: '30px' })).toEqual(placed({}));
});

test('scale is the share of the canvas along the side that fills it most, and centres the dress', () => {
  expect(placed({ scale: '80%' }).target).toEqual(box(300, 200, 400, 1600));
  expect(placed({ scale: '10%' }).target).toEqual(box(475, 900, 50, 200));
  expect(placed({ crop: 'true', crop_margin: '50%', scale: '100%' }).target).toEqual(box(0, 0, 400, 1600));
});

test('position shares out the room that is left; original keeps the middle, as far as it fits', () => {
  expect(placed({ position: 'center' }).target).toEqual(box(400, 600, 200, 800));
  expect(placed({ position: '0%' }).target).toEqual(box(0, 0, 200, 800));
  expect(placed({ position: '100% 50%' }).target).toEqual(box(800, 600, 200, 800));
  expect(placed({ scale: '50%', position: 'original' }).target).toEqual(box(275, 300, 250, 1000));
  expect(placed({ scale: '100%', position: 'original' }).target).toEqual(box(150, 0, 500, 2000));
});

test('everything is reduced together to the pixels that a size allows', () => {
  const { canvas, source, target } = placed({}, 0.25e6);
  expect(canvas).toEqual({ width: 353, height: 707 });
  expect(source).toEqual(dress);
  expect(target).toEqual(box(106, 141, 71, 283));
});

test('whatever is asked, the dress lies inside the canvas, and the canvas inside its limit', () => {
  const share = fc.integer({ min: 0, max: 100 }).map((n) => `${n}%`);
  const asked = fc.record({
    crop: fc.boolean(),
    crop_margin: fc
      .array(
        fc.oneof(
          fc.integer({ min: 0, max: 50 }).map((n) => `${n}%`),
          fc.integer({ min: 0, max: 500 }).map((n) => `${n}px`),
        ),
        { minLength: 4, maxLength: 4 },
      )
      .map((sides) => sides.join(' ')),
    scale: fc.oneof(
      fc.constant('original'),
      fc.integer({ min: 10, max: 100 }).map((n) => `${n}%`),
    ),
    position: fc.oneof(
      fc.constantFrom('original', 'center'),
      share,
      fc.tuple(share, share).map((both) => both.join(' ')),
    ),
  });
  const side = fc.integer({ min: 64, max: 5000 });
  const shape = fc.tuple(
    side,
    side,
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0.01, max: 1, noNaN: true }),
  );
  fc.assert(
    fc.property(asked, shape, fc.constantFrom(0.25e6, 1.5e6, 25e6), (options, [width, height, x, y, grown], most) => {
      const size = { width: Math.max(1, Math.floor(width * grown)), height: Math.max(1, Math.floor(height * grown)) };
      const found = {
        left: Math.floor(x * (width - size.width)),
        top: Math.floor(y * (height - size.height)),
        ...size,
      };
      const { canvas, target, source } = place({ width, height }, found, parseRemovebg(options), most);
      expect(source).toEqual(found);
      expect(canvas.width * canvas.height).toBeLessThanOrEqual(most);
      for (const value of [canvas.width, canvas.height, target.left, target.top, target.width, target.height]) {
        expect(Number.isInteger(value)).toBe(true);
      }
      expect(Math.min(target.left, target.top, target.width - 1, target.height - 1)).toBeGreaterThanOrEqual(0);
      expect(target.left + target.width).toBeLessThanOrEqual(canvas.width);
      expect(target.top + target.height).toBeLessThanOrEqual(canvas.height);
    }),
    { numRuns: 2000 },
  );
});

test("a region is whole pixels of the photo, and one without any is refused with the photo's size", () => {
  const region = (roi: string) =>
    regionOf(photo, parseRemovebg({ roi }).roi as NonNullable<ReturnType<typeof parseRemovebg>['roi']>);
  expect(region('0% 0% 100% 100%')).toEqual(box(0, 0, 1000, 2000));
  expect(region('10px 5% 99.95% 90000px')).toEqual(box(10, 100, 990, 1900));
  for (const roi of ['50% 0% 50% 100%', '60% 0% 50% 100%', '1000px 0% 2000px 100%']) {
    expect(() => region(roi)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining('1000x2000') }),
    );
  }
});
