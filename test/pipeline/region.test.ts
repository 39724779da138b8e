import fc from 'fast-check';
import { crop } from '../../lib/pipeline/crop';
import { extendRegion, regionOf, samplePhoto, samplePlane } from '../../lib/pipeline/region';
import type { Photo } from '../../lib/raster';
import { discProbabilities, floatsOf, insideDisc, paint, probabilitiesOf } from '../helpers/scenes';

const blank = (width: number, height: number): Photo => ({
  kind: 'photo',
  width,
  height,
  rgb: new Uint8Array(3 * width * height),
});
const side = fc.integer({ min: 1, max: 40 });

describe('regionOf', () => {
  it('finds none where no pixel is more dress than not', () => {
    const photo = blank(80, 120);
    expect(
      regionOf(
        photo,
        probabilitiesOf(40, 60, () => 0.5),
        { pixels: 320, room: 0.06 },
      ),
    ).toBeNull();
    expect(
      regionOf(
        photo,
        probabilitiesOf(40, 60, () => 0.05),
        { pixels: 320, room: 0.06 },
      ),
    ).toBeNull();
  });

  it('holds whatever may be dress, with room around it', () => {
    // 20 to 30 of 100 across, 40 to 70 of 100 down; on a photo four times as large.
    const probabilities = probabilitiesOf(100, 100, (x, y) => {
      if (x >= 22 && x < 28 && y >= 45 && y < 65) return 0.95;
      return x >= 20 && x < 30 && y >= 40 && y < 70 ? 0.4 : 0.2;
    });
    const region = regionOf(blank(400, 400), probabilities, { pixels: 2304, room: 0.1 })!;
    // The longer side of the box is 120 photo pixels: 12 of room on each side. 64 x 144 of them are four times 2304.
    expect(region).toEqual({ left: 68, top: 148, scale: 2, width: 32, height: 72 });
  });

  it('works at the photo’s own scale where the photo is small', () => {
    const region = regionOf(blank(100, 200), discProbabilities({ width: 100, height: 200 }), {
      pixels: 20_000,
      room: 0.06,
    })!;
    expect(region.scale).toBe(1);
  });

  it('never leaves the photo and never gets empty, whatever shapes meet', () => {
    const big = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(big, big, side, side, fc.nat(), fc.nat(), (width, height, w, h, px, py) => {
        const probabilities = probabilitiesOf(w, h, (x, y) => (x === px % w && y === py % h ? 0.9 : 0));
        const region = regionOf({ width, height } as Photo, probabilities, { pixels: 20_000, room: 0.06 })!;
        expect(region.left).toBeGreaterThanOrEqual(0);
        expect(region.top).toBeGreaterThanOrEqual(0);
        expect(Math.min(region.width, region.height)).toBeGreaterThanOrEqual(1);
        // The budget, and what rounding up both sides adds to it.
        expect(region.width * region.height).toBeLessThanOrEqual(20_000 + region.width + region.height);
        // The last working pixel begins inside the photo.
        expect(region.left + (region.width - 1) * region.scale).toBeLessThan(width);
        expect(region.top + (region.height - 1) * region.scale).toBeLessThan(height);
      }),
      // Here 598 photo pixels over the scale are 200 and a rest of rounding.
      { examples: [[1127, 3674, 2, 16, 1074086661, 1559920326]] },
    );
  });
});

describe('extendRegion', () => {
  const place = fc.integer({ min: 0, max: 60 });
  it('holds the box, and keeps every pixel that it had where it was', () => {
    const photo = paint(120, 120, (x, y) => [2 * x, 2 * y, x ^ y]);
    fc.assert(
      fc.property(place, place, side, side, fc.double({ min: 1, max: 4, noNaN: true }), (left, top, w, h, scale) => {
        const region = { left: 30, top: 25, scale, width: 9, height: 11 };
        const larger = extendRegion(region, { left, top, width: w, height: h });
        expect(Math.min(larger.left, 30)).toBeLessThanOrEqual(left + 1e-6);
        expect(Math.min(larger.top, 25)).toBeLessThanOrEqual(top + 1e-6);
        expect(larger.left).toBeGreaterThan(-scale);
        expect(larger.left + larger.width * scale).toBeGreaterThanOrEqual(left + w - 1e-6);
        expect(larger.top + larger.height * scale).toBeGreaterThanOrEqual(top + h - 1e-6);
        const [east, south] = [Math.round((30 - larger.left) / scale), Math.round((25 - larger.top) / scale)];
        const [before, after] = [samplePhoto(photo, region), samplePhoto(photo, larger)];
        const there = crop(after.rgb, after.width, { left: east, top: south, width: 9, height: 11 }, 3);
        expect(there).toEqual(before.rgb);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a region with strokes', () => {
  const limits = { pixels: 4000, room: 0.1 };
  const photo = blank(400, 400);
  const dress = probabilitiesOf(100, 100, (x, y) => (x >= 40 && x < 60 && y >= 30 && y < 70 ? 0.95 : 0));
  const alone = regionOf(photo, dress, limits)!;

  it('is that of the dress, as long as it can be extended to them', () => {
    expect(regionOf(photo, dress, limits, { left: 150, top: 290, width: 4, height: 4 })).toEqual(alone);
  });

  it('is coarser and holds them where they are far away', () => {
    const far = regionOf(photo, dress, limits, { left: 10, top: 10, width: 380, height: 380 })!;
    expect(far.scale).toBeGreaterThan(alone.scale);
    expect(far).toMatchObject({ left: 0, top: 0 });
  });
});

describe('probabilities of a part of the photo', () => {
  const within = { left: 30, top: 50, width: 60, height: 90 };
  const part = blank(60, 90);
  const photo = blank(200, 300);
  const of = (seen: Photo, more: { within?: typeof within } = {}) => {
    const probabilities = { ...discProbabilities(part, { radius: 0.45 }), ...more };
    const region = regionOf(seen, probabilities, { pixels: 2000, room: 0.2 })!;
    return { region, dress: samplePlane(probabilities.dress, probabilities, seen, region).data };
  };

  it('give the region and the plane that they give of the part alone, shifted to where it is', () => {
    const alone = of(part);
    const there = of(photo, { within });
    expect(there.region).toEqual({ ...alone.region, left: alone.region.left + 30, top: alone.region.top + 50 });
    expect(there.dress).toHaveLength(alone.dress.length);
    const apart = there.dress.map((p, i) => Math.abs(p - alone.dress[i]!));
    expect(Math.max(...apart)).toBeLessThan(1e-5);
  });

  it('say nothing of what lies outside it', () => {
    // The dress reaches the part's edge, so that its room would lie outside.
    const everywhere = { ...probabilitiesOf(20, 30, () => 0.9), within };
    expect(regionOf(photo, everywhere, { pixels: 1e6, room: 0.5 })).toEqual({ ...within, scale: 1 });
  });
});

describe('samplePhoto', () => {
  it('copies the photo at its own scale', () => {
    const photo = paint(30, 20, (x, y) => [x, y, x * y]);
    const { rgb } = samplePhoto(photo, { left: 10, top: 5, scale: 1, width: 4, height: 3 });
    expect(Array.from(rgb.subarray(0, 6))).toEqual([10, 5, 50, 11, 5, 55]);
    expect(Array.from(rgb.subarray(-3))).toEqual([13, 7, 91]);
  });

  it('gives each working pixel the mean of the photo under it', () => {
    const photo = paint(12, 12, (x, y) => [x % 2 ? 200 : 100, y % 3 === 0 ? 90 : 0, 7]);
    const { rgb } = samplePhoto(photo, { left: 0, top: 0, scale: 6, width: 2, height: 2 });
    expect(Array.from(rgb)).toEqual(Array(4).fill([150, 30, 7]).flat());
  });

  it('keeps a flat colour flat in any region, also one that reaches over the edge', () => {
    fc.assert(
      fc.property(
        side,
        side,
        fc.nat({ max: 20 }),
        fc.double({ min: 1, max: 7, noNaN: true }),
        (w, h, corner, scale) => {
          const photo = paint(w, h, () => [11, 130, 250]);
          const left = Math.min(corner, w - 1);
          const { rgb } = samplePhoto(photo, { left, top: 0, scale, width: 5, height: Math.ceil(h / scale) });
          const wrong = rgb.findIndex((value, i) => value !== [11, 130, 250][i % 3]);
          expect(wrong).toBe(-1);
        },
      ),
    );
  });
});

describe('samplePlane', () => {
  const photo = { width: 120, height: 90 } as Photo;

  it('follows a ramp exactly between the centres of the network’s pixels', () => {
    const from = probabilitiesOf(40, 30, (x) => x / 40);
    const region = { left: 12, top: 9, scale: 1.5, width: 30, height: 20 };
    const { data } = samplePlane(from.dress, from, photo, region);
    const apart = data.map((p, i) => {
      const centre = region.left + ((i % region.width) + 0.5) * region.scale; // in the photo
      return Math.abs(p - (centre / 3 - 0.5) / 40);
    });
    expect(Math.max(...apart)).toBeLessThan(1e-6);
  });

  it('repeats the last pixel beyond the network’s outermost centres', () => {
    const from = probabilitiesOf(2, 1, (x) => x);
    const { data } = samplePlane(from.dress, from, { width: 8, height: 1 } as Photo, {
      left: 0,
      top: 0,
      scale: 1,
      width: 8,
      height: 1,
    });
    expect(Array.from(data)).toEqual([0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1]);
  });

  it('never leaves the range of what it samples', () => {
    fc.assert(
      fc.property(side, side, side, side, (w, h, toW, toH) => {
        const inside = insideDisc(w, h, 0.4);
        const from = probabilitiesOf(w, h, (x, y) => (inside(x, y) > 0 ? 0.8 : 0.3));
        const { data } = samplePlane(from.dress, from, { width: toW, height: toH } as Photo, {
          left: 0,
          top: 0,
          scale: 1,
          width: toW,
          height: toH,
        });
        expect(data.findIndex((p) => !(p > 0.3 - 1e-6 && p < 0.8 + 1e-6))).toBe(-1);
      }),
    );
  });

  it('is the plane itself at the plane’s own size', () => {
    const values = floatsOf(7, 5, (x, y) => (3 * x + y) / 30);
    const from = { ...probabilitiesOf(7, 5, () => 0), dress: values };
    const whole = { left: 0, top: 0, scale: 1, width: 7, height: 5 };
    expect(samplePlane(values, from, { width: 7, height: 5 } as Photo, whole).data).toEqual(values);
  });
});
