import { spread } from '../../lib/pipeline/spread';
import type { Plane } from '../../lib/raster';
import { bytesOf, paint } from '../helpers/scenes';

const [width, height] = [30, 10];
const plane = (data: Uint8Array): Plane<Uint8Array> => ({ width, height, data });
const everywhere = plane(bytesOf(width, height, () => 1));
const seeds = (at: Readonly<Record<number, number>>) =>
  plane(bytesOf(width, height, (x, y) => (y === 5 ? (at[x] ?? 0) : 0)));

test('each pixel takes the label that is nearest', () => {
  const { data } = spread(seeds({ 4: 1, 25: 2 }), everywhere, null);
  expect(Array.from(data)).toEqual(Array.from(bytesOf(width, height, (x) => (x < 15 ? 1 : 2))));
});

test('labels go around what is not in the mask, and stay out of it', () => {
  // A wall at column 8 with a gap at the top row; behind it, the second label is nearer on foot than the first.
  const mask = plane(bytesOf(width, height, (x, y) => (x === 8 && y > 0 ? 0 : 1)));
  const { data } = spread(seeds({ 7: 1, 15: 2 }), mask, null);
  expect(data[5 * width + 8]).toBe(0);
  expect(data[5 * width + 9]).toBe(2);
  expect(data[5 * width + 6]).toBe(1);
});

test('a pixel that no path leads to keeps none', () => {
  const mask = plane(bytesOf(width, height, (x) => (x === 20 ? 0 : 1)));
  const { data } = spread(seeds({ 4: 1 }), mask, null);
  expect([data[5 * width + 19], data[5 * width + 21]]).toEqual([1, 0]);
});

test('an edge between colours is dearer to cross than a way of the same colour is long', () => {
  const photo = paint(width, height, (x) => (x < 21 ? [200, 30, 30] : [30, 30, 200]));
  const { data } = spread(seeds({ 4: 1, 25: 2 }), everywhere, photo);
  expect(Array.from(data)).toEqual(Array.from(bytesOf(width, height, (x) => (x < 21 ? 1 : 2))));
});
