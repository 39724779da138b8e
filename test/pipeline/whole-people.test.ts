import { wholePeople } from '../../lib/pipeline/whole-people';
import { bytesOf } from '../helpers/scenes';

const [width, height] = [60, 100];
type Part = readonly [left: number, top: number, right: number, bottom: number];

/** Areas of the groups that rectangles make. */
function areasOf(...parts: readonly Part[]): number[] {
  const isIn = (x: number, y: number) => parts.some(([l, t, r, b]) => x >= l && x < r && y >= t && y < b);
  const data = bytesOf(width, height, (x, y) => (isIn(x, y) ? 1 : 0));
  const { labels, areas, boxes } = wholePeople({ width, height, data }, 50);
  const counted = areas.map((_, group) => labels.filter((label) => label === group + 1).length);
  expect(counted).toEqual(areas);
  expect(boxes).toHaveLength(areas.length);
  return [...areas];
}

const CHEST: Part = [10, 10, 30, 40];
const LEGS: Part = [14, 60, 26, 95];

test('what is seen above and below an unseen skirt is one person', () => {
  expect(areasOf(CHEST, LEGS)).toEqual([600 + 420]);
  // In three parts, too, and where a lock of hair hangs beside the lower one.
  expect(areasOf(CHEST, [14, 50, 26, 60], [14, 70, 26, 95])).toEqual([600 + 120 + 300]);
  expect(areasOf(CHEST, [28, 40, 30, 63], LEGS)).toEqual([600 + 46 + 420]);
});

test('people side by side are several', () => {
  expect(areasOf(CHEST, [34, 60, 46, 95])).toEqual([600, 420]);
  expect(areasOf(CHEST, [40, 10, 55, 90])).toEqual([600, 1200]);
  // Beside somebody's lower half only by a little.
  expect(areasOf(CHEST, [26, 60, 40, 95])).toEqual([600, 490]);
});

test('neither a speck nor what lies far below is anybody else', () => {
  expect(areasOf(CHEST, [14, 60, 20, 66])).toEqual([600, 36]);
  expect(areasOf(CHEST, [14, 88, 26, 98])).toEqual([600, 120]);
});
