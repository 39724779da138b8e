import { iou, overlap } from '../../bench/scores';
import { ARTICLE_SIDE, isolate } from '../../lib/pipeline/isolate';
import { onWhite } from '../../lib/pipeline/on-white';
import type { Foreground } from '../../lib/raster';
import { pixel } from '../helpers/pictures';
import { bytesOf, GREEN, grainy, paint, RED } from '../helpers/scenes';

/** A red figure in the middle of the article's square. */
const figure = (x: number, y: number) => x >= 80 && x < 145 && y >= 40 && y < 200;
/** A red wall at the right edge, outside the rectangle. */
const wall = (x: number) => x >= 190;
const square = grainy(
  paint(ARTICLE_SIDE, ARTICLE_SIDE, (x, y) => (figure(x, y) || wall(x) ? RED : GREEN)),
  6,
);

describe('isolate', () => {
  let found: Foreground;
  beforeAll(async () => {
    found = await isolate(square);
  });

  it('finds the figure in the middle', () => {
    const lone = grainy(
      paint(ARTICLE_SIDE, ARTICLE_SIDE, (x, y) => (figure(x, y) ? RED : GREEN)),
      6,
    );
    return isolate(lone).then(({ data }) => {
      const truth = bytesOf(ARTICLE_SIDE, ARTICLE_SIDE, (x, y) => (figure(x, y) ? 1 : 0));
      expect(iou(overlap(data, truth))).toBeGreaterThan(0.95);
    });
  });

  it('takes nothing outside the article’s rectangle, even of the figure’s colour', () => {
    const outside = found.data.findIndex((value, i) => {
      const [x, y] = [i % ARTICLE_SIDE, Math.floor(i / ARTICLE_SIDE)];
      return value === 1 && !(x >= 50 && x < 174 && y >= 10 && y < 214);
    });
    expect(outside).toBe(-1);
  });

  it('uses all of the article’s rectangle', async () => {
    // Red fills the rectangle to its last row and column; green around it.
    const full = grainy(
      paint(ARTICLE_SIDE, ARTICLE_SIDE, (x, y) => (x >= 50 && x < 174 && y >= 10 && y < 214 ? RED : GREEN)),
      6,
    );
    const { data } = await isolate(full);
    const at = (x: number, y: number) => data[y * ARTICLE_SIDE + x];
    expect([at(50, 100), at(173, 100), at(110, 10), at(110, 213)]).toEqual([1, 1, 1, 1]);
    expect([at(49, 100), at(174, 100), at(110, 9), at(110, 214)]).toEqual([0, 0, 0, 0]);
  });

  it('paints everything else white and leaves the foreground as it is', () => {
    expect(found).toMatchObject({ kind: 'foreground', width: ARTICLE_SIDE, height: ARTICLE_SIDE });
    const wrong = onWhite(square, found).rgb.findIndex((value, i) => {
      const expected = found.data[Math.floor(i / 3)] === 1 ? square.rgb[i] : 255;
      return value !== expected;
    });
    expect(wrong).toBe(-1);
  });

  it('gives the same mask for the same photo', async () => {
    const again = await isolate(square);
    expect(Buffer.compare(again.data, found.data)).toBe(0);
  });
});

describe('onWhite', () => {
  const foreground: Foreground = {
    kind: 'foreground',
    width: 4,
    height: 2,
    data: Uint8Array.of(0, 1, 1, 0, 0, 0, 1, 0),
  };

  it('paints a photo of another size white where the foreground is not', () => {
    const photo = paint(40, 60, (x, y) => [x, y, 9]);
    const white = onWhite(photo, foreground);
    expect([white.kind, white.width, white.height]).toEqual(['photo', 40, 60]);
    const wrong = bytesOf(40, 60, (x, y) => {
      const kept = foreground.data[(y < 30 ? 0 : 4) + Math.floor(x / 10)] === 1;
      return pixel(white, x, y).join() === (kept ? [x, y, 9] : [255, 255, 255]).join() ? 0 : 1;
    });
    expect(wrong.indexOf(1)).toBe(-1);
  });

  it('leaves the photo itself as it was', () => {
    const photo = paint(4, 2, () => [1, 2, 3]);
    onWhite(photo, foreground);
    expect(photo.rgb).toEqual(paint(4, 2, () => [1, 2, 3]).rgb);
  });
});
