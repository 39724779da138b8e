import fc from 'fast-check';
import { iou, overlap } from '../../bench/scores';
import { colourModel, type Gaussian, logLikelihoodOf } from '../../lib/pipeline/colour-model';
import {
  type CutSettings,
  grabCutFromTrimap,
  MAYBE_BACKGROUND,
  MAYBE_FOREGROUND,
  SURE_BACKGROUND,
  SURE_FOREGROUND,
} from '../../lib/pipeline/grab-cut';
import { REFINE } from '../../lib/pipeline/refine';
import type { Photo } from '../../lib/raster';
import { bytesOf, discPhoto, discTruth, GREEN, grainy, insideDisc, paint, RED } from '../helpers/scenes';

const cutFromTrimap = (photo: Photo, data: Uint8Array, settings: CutSettings) =>
  grabCutFromTrimap(photo, { width: photo.width, height: photo.height, data }, settings).data;

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
  const models = sides.map(logLikelihoodOf);
  let energy = 0;
  for (let i = 0; i < mask.length; i++) energy -= models[mask[i]!]!(rgb[3 * i]!, rgb[3 * i + 1]!, rgb[3 * i + 2]!);
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
  it('finds the outline that a sloppy trimap has all wrong', () => {
    const trimap = sloppyTrimap();
    const guess = trimap.map((word) => word & 1);
    expect(iou(overlap(guess, truth))).toBeLessThan(0.5);
    const mask = cutFromTrimap(photo, trimap, REFINE);
    expect(iou(overlap(mask, truth))).toBeGreaterThan(0.97);
  });

  it('never overrules what is sure', () => {
    // A green corner that is surely dress, a red middle that surely is not.
    const trimap = sloppyTrimap();
    for (let y = 0; y < 8; y++) trimap.fill(SURE_FOREGROUND, y * WIDTH, y * WIDTH + 8);
    for (let y = 60; y < 66; y++) trimap.fill(SURE_BACKGROUND, y * WIDTH + 44, y * WIDTH + 52);
    const mask = cutFromTrimap(photo, trimap, { ...REFINE, iterations: 2 });
    const broken = mask.findIndex((value, i) => trimap[i]! < MAYBE_BACKGROUND && value !== trimap[i]);
    expect(broken).toBe(-1);
    expect(mask.every((value) => value === 0 || value === 1)).toBe(true);
  });

  it('gives the same mask for the same bytes, whatever was cut between, and changes none', () => {
    const trimap = sloppyTrimap();
    const [rgbBefore, trimapBefore] = [photo.rgb.slice(), trimap.slice()];
    const first = cutFromTrimap(photo, trimap, REFINE);
    cutFromTrimap(discPhoto(40, 50), new Uint8Array(2000).fill(MAYBE_FOREGROUND).fill(SURE_BACKGROUND, 900), REFINE);
    const second = cutFromTrimap(photo, trimap, REFINE);
    expect(Buffer.compare(first, second)).toBe(0);
    expect(Buffer.compare(photo.rgb, rgbBefore)).toBe(0);
    expect(Buffer.compare(trimap, trimapBefore)).toBe(0);
  });

  it.each([50, 16, 5])('cuts where colours and outline cost least, with smoothness %d', (smoothness) => {
    // Colours that overlap, so that both terms have a say.
    const scene = grainy(
      paint(24, 20, (x, y) => (x + (y % 3) < 12 ? [120, 90, 90] : [90, 110, 90])),
      40,
    );
    const trimap = bytesOf(24, 20, (x) => (x < 3 ? 1 : x > 20 ? 0 : x < 12 ? MAYBE_FOREGROUND : MAYBE_BACKGROUND));
    const sides = [0, 1].map((side) => colourModel(scene.rgb, (i) => (trimap[i]! & 1) === side));
    const energy = (mask: Uint8Array) => energyOf(scene, mask, sides, smoothness);
    const mask = cutFromTrimap(scene, trimap, { iterations: 1, smoothness });
    const least = energy(mask);
    expect(energy(trimap.map((word) => word & 1))).toBeGreaterThan(least);
    for (let i = 0; i < mask.length; i++) {
      if (trimap[i]! < MAYBE_BACKGROUND) continue;
      const other = mask.slice();
      other[i] = 1 - mask[i]!;
      expect(energy(other)).toBeGreaterThan(least - 1e-6 * least);
    }
  });

  it('comes to an end and keeps what is sure, whatever the colours, in three iterations as in one', () => {
    const level = fc.constantFrom(0, 1, 127, 254, 255);
    const words = fc.constantFrom(SURE_BACKGROUND, SURE_FOREGROUND, MAYBE_BACKGROUND, MAYBE_FOREGROUND);
    const size = 12 * 10;
    fc.assert(
      fc.property(
        fc.array(level, { minLength: 3 * size, maxLength: 3 * size }),
        fc.array(words, { minLength: size, maxLength: size }),
        fc.constantFrom(2, 16, 500),
        fc.constantFrom(1, 3),
        (levels, trimap, smoothness, iterations) => {
          const words = Uint8Array.from(trimap);
          const mask = cutFromTrimap({ kind: 'photo', width: 12, height: 10, rgb: Uint8Array.from(levels) }, words, {
            iterations,
            smoothness,
          });
          expect(mask).toHaveLength(size);
          expect(mask.every((value, i) => (words[i]! < MAYBE_BACKGROUND ? value === words[i] : value < 2))).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keeps a thin strap that a dearer outline would lose', () => {
    const isStrap = (x: number, y: number) => y >= 10 && y < 40 && (x === 29 || x === 30);
    const strap = grainy(
      paint(60, 60, (x, y) => (isStrap(x, y) || y >= 40 ? RED : [130, 100, 80])),
      22,
    );
    const trimap = bytesOf(60, 60, (_, y) => (y > 45 ? SURE_FOREGROUND : y < 10 ? SURE_BACKGROUND : MAYBE_BACKGROUND));
    const kept = (smoothness: number) => {
      const mask = cutFromTrimap(strap, trimap, { iterations: 1, smoothness });
      return mask.filter((value, i) => value === 1 && isStrap(i % 60, Math.floor(i / 60))).length;
    };
    expect(kept(REFINE.smoothness)).toBeGreaterThan(40);
    expect(kept(50)).toBeLessThan(20);
  });

  it('has nothing to do where nothing is open', () => {
    const trimap = truth.map((value) => (value === 1 ? SURE_FOREGROUND : SURE_BACKGROUND));
    expect(cutFromTrimap(photo, trimap, REFINE)).toEqual(trimap);
  });

  it.each([
    ['foreground', MAYBE_FOREGROUND, 1],
    ['background', MAYBE_BACKGROUND, 0],
  ] as const)('takes the trimap at its word where all of it leans to %s', (_, word, value) => {
    const trimap = new Uint8Array(WIDTH * HEIGHT).fill(word);
    const mask = cutFromTrimap(photo, trimap, REFINE);
    expect(mask.every((found) => found === value)).toBe(true);
  });

  it.each([
    [2000, 60],
    [60, 2000],
    [1, 300],
    [300, 1],
    [8, 8],
  ])('cuts a picture of %i x %i pixels', (width, height) => {
    const along = width > height ? (x: number) => x / width : (_: number, y: number) => y / height;
    const strip = grainy(paint(width, height, (x, y) => (along(x, y) > 0.5 ? RED : GREEN)));
    const trimap = bytesOf(width, height, (x, y) => {
      const place = along(x, y);
      if (place > 0.7) return SURE_FOREGROUND;
      return place < 0.3 ? SURE_BACKGROUND : MAYBE_BACKGROUND;
    });
    const mask = cutFromTrimap(strip, trimap, REFINE);
    const expected = bytesOf(width, height, (x, y) => (along(x, y) > 0.5 ? 1 : 0));
    expect(iou(overlap(mask, expected))).toBeGreaterThan(0.95);
  });

  it('cuts where each side has one single colour', () => {
    const flat = paint(40, 40, (x) => (x < 20 ? RED : GREEN));
    const trimap = bytesOf(40, 40, (x) => (x < 12 ? SURE_FOREGROUND : x < 28 ? MAYBE_FOREGROUND : SURE_BACKGROUND));
    const mask = cutFromTrimap(flat, trimap, REFINE);
    expect(mask).toEqual(bytesOf(40, 40, (x) => (x < 20 ? 1 : 0)));
  });

  it('cuts a single open pixel, at the border as inside, and where nothing sure is near', () => {
    const [flat, half] = [40, 20];
    const scene = grainy(
      paint(flat, flat, (x) => (x < half ? RED : GREEN)),
      8,
    );
    const sure = bytesOf(flat, flat, (x) => (x < half ? SURE_FOREGROUND : SURE_BACKGROUND));
    for (const [x, y, word] of [
      [0, 0, MAYBE_BACKGROUND],
      [0, 39, MAYBE_BACKGROUND],
      [39, 0, MAYBE_FOREGROUND],
      [39, 39, MAYBE_FOREGROUND],
      [19, 20, MAYBE_BACKGROUND],
      [20, 20, MAYBE_FOREGROUND],
    ] as const) {
      const trimap = sure.slice();
      trimap[y * flat + x] = word;
      expect(cutFromTrimap(scene, trimap, REFINE)).toEqual(sure.map((known) => known & 1));
    }
    const open = bytesOf(flat, flat, (x) => (x < half ? MAYBE_FOREGROUND : MAYBE_BACKGROUND));
    expect(cutFromTrimap(scene, open, REFINE)).toEqual(sure.map((known) => known & 1));
  });

  it('does not join the pixels at the two ends of neighbouring rows', () => {
    // The right column and the left one of the next row have the same colour; only the left is next to what is sure.
    const scene = grainy(
      paint(30, 30, (x) => (x < 3 || x > 26 ? RED : GREEN)),
      8,
    );
    const trimap = bytesOf(30, 30, (x) => (x === 29 ? MAYBE_FOREGROUND : x < 3 ? SURE_FOREGROUND : SURE_BACKGROUND));
    const costly = cutFromTrimap(scene, trimap, { iterations: 1, smoothness: 400 });
    expect(costly.filter((value, i) => value === 1 && i % 30 === 29)).toHaveLength(0);
  });

  it('gives an open pixel to those around it where a photo is of one colour, which has no edges', () => {
    const trimap = bytesOf(20, 20, (x) => (x < 8 ? SURE_FOREGROUND : SURE_BACKGROUND));
    trimap[3 * 20 + 3] = MAYBE_BACKGROUND;
    trimap[3 * 20 + 16] = MAYBE_FOREGROUND;
    const plain = paint(20, 20, () => RED);
    const mask = cutFromTrimap(plain, trimap, REFINE);
    expect(mask).toEqual(bytesOf(20, 20, (x) => (x < 8 ? 1 : 0)));
  });
});
