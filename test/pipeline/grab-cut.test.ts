import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { iou, overlap } from '../../bench/scores';
import { loadOpenCv, scoped } from '../../lib/opencv';
import { colourModel, forOpenCv, type Gaussian } from '../../lib/pipeline/colour-model';
import {
  type CutSettings,
  grabCutFromBox,
  grabCutFromTrimap,
  MAYBE_BACKGROUND,
  MAYBE_FOREGROUND,
  SURE_BACKGROUND,
  SURE_FOREGROUND,
} from '../../lib/pipeline/grab-cut';
import { REFINE } from '../../lib/pipeline/refine';
import type { Box, Photo } from '../../lib/raster';
import { likelihood } from '../helpers/likelihood';
import { bytesOf, discPhoto, discTruth, GREEN, grainy, insideDisc, paint, RED } from '../helpers/scenes';

jest.mock('../../lib/opencv', () => {
  const real: typeof import('../../lib/opencv') = jest.requireActual('../../lib/opencv');
  return { ...real, scoped: jest.fn(real.scoped) };
});
/** The real one, watched. */
const opencv = jest.mocked(scoped);
beforeEach(() => opencv.mockClear());

const cutFromTrimap = async (photo: Photo, data: Uint8Array, settings: CutSettings) =>
  (await grabCutFromTrimap(photo, { width: photo.width, height: photo.height, data }, settings)).data;
const cutFromBox = async (photo: Photo, box: Box, iterations: number) =>
  (await grabCutFromBox(photo, box, iterations)).data;

const [WIDTH, HEIGHT] = [96, 128];
const photo = discPhoto(WIDTH, HEIGHT);
const truth = discTruth(WIDTH, HEIGHT);

/** Wrong about a wide band on both sides of the outline: what is open leans to foreground outside, background inside. */
function sloppyTrimap(): Uint8Array {
  const inside = insideDisc(WIDTH, HEIGHT, 0.3);
  return bytesOf(WIDTH, HEIGHT, (x, y) => {
    const depth = inside(x, y);
    if (depth > 0.12) return SURE_FOREGROUND;
    if (depth < -0.12) return SURE_BACKGROUND;
    return depth > 0 ? MAYBE_BACKGROUND : MAYBE_FOREGROUND;
  });
}

/** GrabCut's energy as the paper writes it: unlikely colours, and neighbours that are parted though they look alike. */
function energyOf({ rgb, width, height }: Photo, mask: Uint8Array, sides: Gaussian[][], smoothness: number): number {
  const models = sides.map((side) => forOpenCv(side, 1));
  let energy = 0;
  for (let i = 0; i < mask.length; i++)
    energy -= Math.log(likelihood(models[mask[i]!]!, rgb.subarray(3 * i, 3 * i + 3)));
  const pairs: { parted: boolean; difference: number; distance: number }[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (const [dx, dy] of [
        [1, 0],
        [0, 1],
        [1, 1],
        [-1, 1],
      ] as const) {
        if (x + dx < 0 || x + dx >= width || y + dy >= height) continue;
        const [a, b] = [y * width + x, (y + dy) * width + x + dx];
        const difference = [0, 1, 2].reduce((sum, c) => sum + (rgb[3 * a + c]! - rgb[3 * b + c]!) ** 2, 0);
        pairs.push({ parted: mask[a] !== mask[b], difference, distance: Math.hypot(dx, dy) });
      }
    }
  }
  const beta = pairs.length / (2 * pairs.reduce((sum, { difference }) => sum + difference, 0));
  for (const { parted, difference, distance } of pairs) {
    if (parted) energy += (smoothness / distance) * Math.exp(-beta * difference);
  }
  return energy;
}

describe('grabCutFromTrimap', () => {
  it('finds the outline that a sloppy trimap has all wrong', async () => {
    const trimap = sloppyTrimap();
    const guess = trimap.map((word) => word & 1);
    expect(iou(overlap(guess, truth))).toBeLessThan(0.5);
    const mask = await cutFromTrimap(photo, trimap, REFINE);
    expect(iou(overlap(mask, truth))).toBeGreaterThan(0.97);
  });

  it('never overrules what is sure', async () => {
    // A green corner that is surely dress, a red middle that surely is not.
    const trimap = sloppyTrimap();
    for (let y = 0; y < 8; y++) trimap.fill(SURE_FOREGROUND, y * WIDTH, y * WIDTH + 8);
    for (let y = 60; y < 66; y++) trimap.fill(SURE_BACKGROUND, y * WIDTH + 44, y * WIDTH + 52);
    const mask = await cutFromTrimap(photo, trimap, { ...REFINE, iterations: 2 });
    const broken = mask.findIndex((value, i) => trimap[i]! < MAYBE_BACKGROUND && value !== trimap[i]);
    expect(broken).toBe(-1);
    expect(mask.every((value) => value === 0 || value === 1)).toBe(true);
  });

  it('gives the same mask for the same bytes, whatever was cut between, and changes neither', async () => {
    const trimap = sloppyTrimap();
    const [rgbBefore, trimapBefore] = [photo.rgb.slice(), trimap.slice()];
    const first = await cutFromTrimap(photo, trimap, REFINE);
    await cutFromBox(photo, { left: 10, top: 10, width: 60, height: 90 }, 1);
    const second = await cutFromTrimap(photo, trimap, REFINE);
    expect(Buffer.compare(first, second)).toBe(0);
    expect(Buffer.compare(photo.rgb, rgbBefore)).toBe(0);
    expect(Buffer.compare(trimap, trimapBefore)).toBe(0);
  });

  it.each([50, 16, 5])('cuts where colours and outline cost least, with smoothness %d', async (smoothness) => {
    // Colours that overlap, so that both terms have a say.
    const scene = grainy(
      paint(24, 20, (x, y) => (x + (y % 3) < 12 ? [120, 90, 90] : [90, 110, 90])),
      40,
    );
    const trimap = bytesOf(24, 20, (x) => (x < 3 ? 1 : x > 20 ? 0 : x < 12 ? MAYBE_FOREGROUND : MAYBE_BACKGROUND));
    const sides = [0, 1].map((side) => colourModel(scene.rgb, (i) => (trimap[i]! & 1) === side));
    const energy = (mask: Uint8Array) => energyOf(scene, mask, sides, smoothness);
    const mask = await cutFromTrimap(scene, trimap, { iterations: 1, smoothness });
    const least = energy(mask);
    expect(energy(trimap.map((word) => word & 1))).toBeGreaterThan(least);
    for (let i = 0; i < mask.length; i++) {
      if (trimap[i]! < MAYBE_BACKGROUND) continue;
      const other = mask.slice();
      other[i] = 1 - mask[i]!;
      expect(energy(other)).toBeGreaterThan(least - 1e-6 * least);
    }
  });

  it('comes to an end and keeps what is sure, whatever the colours, in three iterations as in one', async () => {
    const level = fc.constantFrom(0, 1, 127, 254, 255);
    const words = fc.constantFrom(SURE_BACKGROUND, SURE_FOREGROUND, MAYBE_BACKGROUND, MAYBE_FOREGROUND);
    const size = 12 * 10;
    await fc.assert(
      fc.asyncProperty(
        fc.array(level, { minLength: 3 * size, maxLength: 3 * size }),
        fc.array(words, { minLength: size, maxLength: size }),
        fc.constantFrom(2, 16, 500),
        fc.constantFrom(1, 3),
        async (levels, trimap, smoothness, iterations) => {
          const words = Uint8Array.from(trimap);
          const mask = await cutFromTrimap(
            { kind: 'photo', width: 12, height: 10, rgb: Uint8Array.from(levels) },
            words,
            { iterations, smoothness },
          );
          expect(mask).toHaveLength(size);
          expect(mask.every((value, i) => (words[i]! < MAYBE_BACKGROUND ? value === words[i] : value < 2))).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keeps a thin strap that a dearer outline would lose', async () => {
    const isStrap = (x: number, y: number) => y >= 10 && y < 40 && (x === 29 || x === 30);
    const strap = grainy(
      paint(60, 60, (x, y) => (isStrap(x, y) || y >= 40 ? RED : [130, 100, 80])),
      22,
    );
    const trimap = bytesOf(60, 60, (_, y) => (y > 45 ? SURE_FOREGROUND : y < 10 ? SURE_BACKGROUND : MAYBE_BACKGROUND));
    const kept = async (smoothness: number) => {
      const mask = await cutFromTrimap(strap, trimap, { iterations: 1, smoothness });
      return mask.filter((value, i) => value === 1 && isStrap(i % 60, Math.floor(i / 60))).length;
    };
    expect(await kept(REFINE.smoothness)).toBeGreaterThan(40);
    expect(await kept(50)).toBeLessThan(20);
  });

  it('has nothing to do where nothing is open', async () => {
    const trimap = truth.map((value) => (value === 1 ? SURE_FOREGROUND : SURE_BACKGROUND));
    expect(await cutFromTrimap(photo, trimap, REFINE)).toEqual(trimap);
    expect(opencv).not.toHaveBeenCalled();
  });

  it.each([
    ['foreground', MAYBE_FOREGROUND, 1],
    ['background', MAYBE_BACKGROUND, 0],
  ] as const)('takes the trimap at its word where all of it leans to %s', async (_, word, value) => {
    const trimap = new Uint8Array(WIDTH * HEIGHT).fill(word);
    const mask = await cutFromTrimap(photo, trimap, REFINE);
    expect(mask.every((found) => found === value)).toBe(true);
  });

  it.each([
    [2000, 60],
    [60, 2000],
    [1, 300],
    [300, 1],
    [8, 8],
  ])('cuts a picture of %i x %i pixels', async (width, height) => {
    const along = width > height ? (x: number) => x / width : (_: number, y: number) => y / height;
    const strip = grainy(paint(width, height, (x, y) => (along(x, y) > 0.5 ? RED : GREEN)));
    const trimap = bytesOf(width, height, (x, y) => {
      const place = along(x, y);
      if (place > 0.7) return SURE_FOREGROUND;
      return place < 0.3 ? SURE_BACKGROUND : MAYBE_BACKGROUND;
    });
    const mask = await cutFromTrimap(strip, trimap, REFINE);
    const expected = bytesOf(width, height, (x, y) => (along(x, y) > 0.5 ? 1 : 0));
    expect(iou(overlap(mask, expected))).toBeGreaterThan(0.95);
  });

  it('cuts where each side has one single colour', async () => {
    const flat = paint(40, 40, (x) => (x < 20 ? RED : GREEN));
    const trimap = bytesOf(40, 40, (x) => (x < 12 ? SURE_FOREGROUND : x < 28 ? MAYBE_FOREGROUND : SURE_BACKGROUND));
    const mask = await cutFromTrimap(flat, trimap, REFINE);
    expect(mask).toEqual(bytesOf(40, 40, (x) => (x < 20 ? 1 : 0)));
  });
});

describe('grabCutFromBox', () => {
  const box = { left: 8, top: 20, width: 80, height: 90 };

  it('finds what stands in the rectangle, and nothing outside it', async () => {
    const mask = await cutFromBox(photo, box, 3);
    expect(iou(overlap(mask, truth))).toBeGreaterThan(0.95);
    const half = { left: 0, top: 0, width: WIDTH / 2, height: HEIGHT };
    const left = await cutFromBox(photo, half, 1);
    expect(left.findIndex((value, i) => value === 1 && i % WIDTH >= WIDTH / 2)).toBe(-1);
  });

  it('gives the same mask for the same bytes, wherever OpenCV’s chance stands', async () => {
    // A street has enough colours for chance to decide; unseeded, each of these states gives another mask.
    const rgb = await sharp(join(__dirname, '..', 'fixtures', 'dress.jpg'))
      .resize(224, 224, { fit: 'fill' })
      .raw()
      .toBuffer();
    const square: Photo = { kind: 'photo', width: 224, height: 224, rgb };
    const { cv } = await loadOpenCv();
    const cut = (state: number) => {
      cv.setRNGSeed(state);
      return cutFromBox(square, { left: 50, top: 10, width: 124, height: 204 }, 1);
    };
    const first = await cut(1);
    for (const state of [2, 3]) expect(Buffer.compare(await cut(state), first)).toBe(0);
  });

  it('says that OpenCV failed where the rectangle is everything', async () => {
    const cut = () => cutFromBox(photo, { left: 0, top: 0, width: WIDTH, height: HEIGHT }, 1);
    await expect(cut()).rejects.toEqual(
      expect.objectContaining({ code: 'internal', message: expect.stringMatching(/^OpenCV: /) }),
    );
  });
});
