import fc from 'fast-check';
import { compose, cropMatte, frameOf, overlay } from '../../lib/pipeline/compose';
import type { Box, Cutout, Matte, Photo } from '../../lib/raster';
import type { Rgb } from '../helpers/pictures';
import { GREEN, matteOf, paint, plainBox, RED } from '../helpers/scenes';

type Rgba = readonly [number, number, number, number];

function pixelOf({ rgba, width }: Cutout, x: number, y: number): Rgba {
  const at = 4 * (y * width + x);
  return [rgba[at]!, rgba[at + 1]!, rgba[at + 2]!, rgba[at + 3]!];
}

function colourOf({ rgb, width }: Photo, x: number, y: number): number[] {
  return [...rgb.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
}

/** The largest difference of two colours in levels. */
const apart = (a: ArrayLike<number>, b: Rgb): number => Math.max(...b.map((level, c) => Math.abs(level - a[c]!)));

/** What a camera sees where `share` of a pixel shows `front` and the rest `back`. */
const mixed = (front: Rgb, back: Rgb, share: number): Rgb => {
  const level = (c: 0 | 1 | 2) => Math.round(front[c] * share + back[c] * (1 - share));
  return [level(0), level(1), level(2)];
};

const whole = ({ width, height }: { width: number; height: number }): Box => ({ left: 0, top: 0, width, height });

/** A photo of any size with a matte of any shape: some rectangles of any alpha. */
const anyScene = fc
  .record({
    width: fc.integer({ min: 1, max: 60 }),
    height: fc.integer({ min: 1, max: 60 }),
    spots: fc.array(
      fc.record({
        x: fc.nat(59),
        y: fc.nat(59),
        w: fc.integer({ min: 1, max: 30 }),
        h: fc.integer({ min: 1, max: 30 }),
        alpha: fc.oneof(fc.constant(255), fc.integer({ min: 0, max: 255 })),
      }),
      { maxLength: 4 },
    ),
    seed: fc.nat(),
  })
  .map(({ width, height, spots, seed }) => {
    const photo = paint(width, height, (x, y) => [(x * 7 + seed) & 255, (y * 5) & 255, (x * y + seed) & 255]);
    const matte = matteOf(width, height, (x, y) => {
      const spot = spots.find((s) => x >= s.x && x < s.x + s.w && y >= s.y && y < s.y + s.h);
      return spot?.alpha ?? 0;
    });
    return { photo, matte };
  });
const margin = fc.double({ min: 0, max: 1, noNaN: true });

function holds(outer: Box, inner: Box): boolean {
  return (
    inner.left >= outer.left &&
    inner.top >= outer.top &&
    inner.left + inner.width <= outer.left + outer.width &&
    inner.top + inner.height <= outer.top + outer.height
  );
}

describe('frameOf', () => {
  it('lies inside the photo, is never empty and holds the dress, for any matte and margin', () => {
    fc.assert(
      fc.property(anyScene, margin, fc.boolean(), ({ matte }, margin, crop) => {
        const frame = frameOf(matte, { crop, margin });
        expect(Math.min(frame.width, frame.height)).toBeGreaterThanOrEqual(1);
        expect(Object.values(frame).every(Number.isInteger)).toBe(true);
        expect(holds(whole(matte), frame)).toBe(true);
        if (matte.box !== null) expect(holds(frame, matte.box)).toBe(true);
      }),
    );
  });

  it('is the whole photo unless a crop is asked for', () => {
    const matte = matteOf(40, 30, (x, y) => (x > 10 && x < 20 && y > 5 && y < 9 ? 255 : 0));
    expect(frameOf(matte, { crop: false, margin: 0.1 })).toEqual(whole(matte));
  });

  it('leaves the margin on all sides, as a share of the longer side of the dress', () => {
    const matte = matteOf(300, 300, (x, y) => (x >= 100 && x < 150 && y >= 100 && y < 200 ? 255 : 0));
    expect(frameOf(matte, { crop: true, margin: 0 })).toEqual({ left: 100, top: 100, width: 50, height: 100 });
    expect(frameOf(matte, { crop: true, margin: 0.2 })).toEqual({ left: 80, top: 80, width: 90, height: 140 });
    expect(frameOf(matte, { crop: true, margin: 1 })).toEqual({ left: 0, top: 0, width: 250, height: 300 });
  });
});

describe('compose', () => {
  it('keeps alpha and zeroes the colour under alpha 0, in a frame of the right size, for any scene', () => {
    fc.assert(
      fc.property(anyScene, margin, fc.boolean(), ({ photo, matte }, margin, crop) => {
        const frame = frameOf(matte, { crop, margin });
        const cutout = compose(photo, matte, frame, null);
        expect([cutout.kind, cutout.width, cutout.height]).toEqual(['cutout', frame.width, frame.height]);
        expect(cutout.rgba).toHaveLength(4 * frame.width * frame.height);
        for (let y = 0; y < frame.height; y++) {
          for (let x = 0; x < frame.width; x++) {
            const at = (y + frame.top) * photo.width + x + frame.left;
            const [r, g, b, a] = pixelOf(cutout, x, y);
            const alpha = matte.alpha[at]!;
            const right =
              a === alpha &&
              (alpha > 0 || (r === 0 && g === 0 && b === 0)) &&
              (alpha < 255 ||
                apart([r, g, b], [photo.rgb[3 * at]!, photo.rgb[3 * at + 1]!, photo.rgb[3 * at + 2]!]) === 0);
            if (!right) throw new Error(`pixel ${x},${y} is ${[r, g, b, a]} where alpha is ${alpha}`);
          }
        }
      }),
    );
  });

  it('is opaque on a background, which shows pure where no dress is', () => {
    const level = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(anyScene, level, level, level, ({ photo, matte }, r, g, b) => {
        const cutout = compose(photo, matte, whole(photo), { r, g, b });
        for (let i = 0; i < matte.alpha.length; i++) {
          const [x, y] = [i % photo.width, Math.floor(i / photo.width)];
          const [red, green, blue, alpha] = pixelOf(cutout, x, y);
          if (alpha !== 255) throw new Error(`pixel ${x},${y} has alpha ${alpha}`);
          if (matte.alpha[i] === 0 && apart([red, green, blue], [r, g, b]) > 0)
            throw new Error(`${x},${y} is not pure`);
        }
      }),
    );
  });

  it('leaves photo and matte as they were', () => {
    const photo = paint(20, 20, (x, y) => [x, y, 3]);
    const matte = matteOf(20, 20, (x) => x * 12);
    const [rgb, alpha] = [photo.rgb.slice(), matte.alpha.slice()];
    compose(photo, matte, whole(photo), null);
    expect([photo.rgb, matte.alpha]).toEqual([rgb, alpha]);
  });
});

describe('the edge of a cut-out', () => {
  const [WIDTH, HEIGHT] = [200, 160];
  /** The dress is on the left; its outline is `softness` pixels wide around column 100. */
  const shareAt = (x: number, softness: number) => Math.min(1, Math.max(0, 0.5 + (100 - x - 0.5) / softness));
  const scene = (front: Rgb, back: Rgb, softness: number): { photo: Photo; matte: Matte } => ({
    photo: paint(WIDTH, HEIGHT, (x) => mixed(front, back, shareAt(x, softness))),
    matte: matteOf(WIDTH, HEIGHT, (x) => Math.round(255 * shareAt(x, softness))),
  });

  it('shows the red of a dress where half of a pixel is the green behind it: no halo', () => {
    const { photo, matte } = scene(RED, GREEN, 9);
    const cutout = compose(photo, matte, whole(photo), null);
    const [r, g, b, alpha] = pixelOf(cutout, 99, 80);
    expect(alpha).toBeGreaterThan(120);
    expect(alpha).toBeLessThan(150);
    expect(apart(photo.rgb.subarray(3 * (80 * WIDTH + 99)), RED)).toBeGreaterThan(40); // in the photo it is far from red
    expect(apart([r, g, b], RED)).toBeLessThanOrEqual(12);
  });

  it.each([1, 2, 4, 8, 16])(
    'keeps the dress’s own colour over an outline of %i pixels, for any two colours',
    (softness) => {
      const level = fc.integer({ min: 0, max: 255 });
      const colour = fc.tuple(level, level, level);
      fc.assert(
        fc.property(colour, colour, (front, back) => {
          const { photo, matte } = scene(front, back, softness);
          const { rgba } = compose(photo, matte, whole(photo), null);
          for (let x = 80; x < 120; x++) {
            const at = 4 * (80 * WIDTH + x);
            if (rgba[at + 3]! >= 32) expect(apart(rgba.subarray(at, at + 3), front)).toBeLessThanOrEqual(12);
          }
        }),
        { numRuns: 6 },
      );
    },
  );

  it('looks on a new background as if the dress had stood there', () => {
    const blue: Rgb = [30, 60, 220];
    const { photo, matte } = scene(RED, GREEN, 6);
    const cutout = compose(photo, matte, whole(photo), { r: blue[0], g: blue[1], b: blue[2] });
    const there = scene(RED, blue, 6).photo;
    const worst = Array.from({ length: WIDTH }, (_, x) => {
      const at = 3 * (80 * WIDTH + x);
      return apart(pixelOf(cutout, x, 80), [there.rgb[at]!, there.rgb[at + 1]!, there.rgb[at + 2]!]);
    });
    expect(Math.max(...worst)).toBeLessThanOrEqual(8);
  });

  it('is the same in a cropped frame as in the whole one', () => {
    const { photo, matte } = scene(RED, GREEN, 7);
    const frame = { left: 90, top: 30, width: 20, height: 40 };
    const [all, part] = [compose(photo, matte, whole(photo), null), compose(photo, matte, frame, null)];
    for (let x = 0; x < 20; x++) expect(pixelOf(part, x, 10)).toEqual(pixelOf(all, x + 90, 40));
  });
});

describe('overlay', () => {
  const photo = paint(100, 80, () => [100, 100, 100]);
  const matte = matteOf(100, 80, (x, y) => (x >= 30 && x < 70 && y >= 20 && y < 60 ? 255 : 0));

  it('tints the dress, outlines it, and leaves the rest of the photo as it is', () => {
    const picture = overlay(photo, matte, whole(photo));
    expect([picture.width, picture.height]).toEqual([100, 80]);
    expect(colourOf(picture, 5, 5)).toEqual([100, 100, 100]);
    expect(colourOf(picture, 29, 40)).toEqual([100, 100, 100]);
    const [inside, outline] = [colourOf(picture, 50, 40), colourOf(picture, 30, 40)];
    expect(inside[0]).toBeGreaterThan(130); // tinted, and the dress still shows
    expect(inside[0]).toBeLessThan(220);
    expect(outline).toEqual([255, 0, 110]);
  });

  it('draws an outline that a person sees in a large photo', () => {
    const large = paint(1500, 1000, () => [100, 100, 100]);
    const dress = matteOf(1500, 1000, (x, y) => (x >= 500 && x < 900 && y >= 200 && y < 800 ? 255 : 0));
    const picture = overlay(large, dress, whole(large));
    expect(colourOf(picture, 502, 500)).toEqual([255, 0, 110]);
    expect(colourOf(picture, 503, 500)).not.toEqual([255, 0, 110]);
  });

  it('is as large as its frame and the photo itself wherever no dress is, for any scene', () => {
    fc.assert(
      fc.property(anyScene, margin, ({ photo, matte }, margin) => {
        const frame = frameOf(matte, { crop: true, margin });
        const picture = overlay(photo, matte, frame);
        const { rgb, width, height } = picture;
        expect([width, height, rgb.length]).toEqual([frame.width, frame.height, 3 * frame.width * frame.height]);
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const [left, top] = [frame.left + x, frame.top + y];
            if (matte.alpha[top * matte.width + left]! > 0) continue;
            expect(colourOf(picture, x, y)).toEqual(colourOf(photo, left, top));
          }
        }
      }),
    );
  });
});

describe('cropMatte', () => {
  it('is the part inside the frame, with the box where it is there', () => {
    fc.assert(
      fc.property(anyScene, margin, ({ matte }, margin) => {
        const frame = frameOf(matte, { crop: true, margin });
        const part = cropMatte(matte, frame);
        expect([part.kind, part.width, part.height]).toEqual(['matte', frame.width, frame.height]);
        const wrong = part.alpha.findIndex((a, i) => {
          const [x, y] = [i % frame.width, Math.floor(i / frame.width)];
          return a !== matte.alpha[(y + frame.top) * matte.width + x + frame.left];
        });
        expect(wrong).toBe(-1);
        expect(part.box).toEqual(plainBox(part.alpha, part.width, part.height));
      }),
    );
  });
});
