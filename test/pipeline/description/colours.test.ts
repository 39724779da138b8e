import { converter } from 'culori';
import { clusters } from '../../../lib/pipeline/description/clusters';
import { nameOf, termOf } from '../../../lib/pipeline/description/colour-name';
import { namedColours } from '../../../lib/pipeline/description/colours';
import { dressPixels } from '../../../lib/pipeline/description/dress-pixels';
import { type Drawing, drawDress } from '../../helpers/drawn-dress';

const oklab = converter('oklab');

// What shops call by these names, from the middle of each; where two names meet is no matter for a test.
test.each([
  ['#111111', 'black'],
  ['#fafafa', 'white'],
  ['#808080', 'grey'],
  ['#b8b8b8', 'light grey'],
  ['#4a4a4a', 'dark grey'],
  ['#d0202a', 'red'],
  ['#6b0f1a', 'dark red'],
  ['#f07818', 'orange'],
  ['#f5d020', 'yellow'],
  ['#2f9e44', 'green'],
  ['#14532d', 'dark green'],
  ['#a7e8bd', 'light green'],
  ['#2563c8', 'blue'],
  ['#16204f', 'dark blue'],
  ['#9cc4ee', 'light blue'],
  ['#7b3fb0', 'purple'],
  ['#c8a8e8', 'light purple'],
  ['#e8579a', 'pink'],
  ['#f7c5d5', 'light pink'],
  ['#6b4423', 'brown'],
  ['#d9c3a0', 'beige'],
])('%s is %s', (hex, name) => {
  const { l, a, b } = oklab(hex) ?? { l: 0, a: 0, b: 0 };
  expect(nameOf(termOf(l, a, b), l)).toBe(name);
});

const coloursOf = async (drawing: Drawing) => {
  const { photo, matte } = drawDress(drawing);
  return namedColours(clusters(await dressPixels(photo, matte, matte.box as NonNullable<typeof matte.box>)));
};

test('a dress of one colour has one, and nothing of what is behind its edge', async () => {
  expect(await coloursOf({ colour: () => [37, 99, 200] })).toEqual([{ name: 'blue', hex: '#2563c8', share: 1 }]);
});

test('light that falls from one side leaves it one colour', async () => {
  const colours = await coloursOf({
    colour: (x) => [37 * (0.6 + x / 200), 99 * (0.6 + x / 200), 200 * (0.6 + x / 200)],
  });
  expect(colours).toHaveLength(1);
  expect(colours[0]?.name).toMatch(/blue/);
});

test('each colour has its share of the area, the largest first', async () => {
  // The dress reaches from row 60 to row 156: 72 rows are white, 24 red.
  const colours = await coloursOf({ colour: (_, y) => (y < 132 ? [250, 250, 250] : [208, 32, 42]) });
  expect(colours.map(({ name }) => name)).toEqual(['white', 'red']);
  expect(colours[0]?.share).toBeCloseTo(0.75, 1);
  expect(colours[1]?.share).toBeCloseTo(0.25, 1);
});

test('never more than five colours, and their shares are no more than the whole', async () => {
  const rainbow = ['#111111', '#fafafa', '#d0202a', '#f5d020', '#2f9e44', '#2563c8', '#7b3fb0', '#e8579a'];
  const colours = await coloursOf({
    colour: (x, y) => {
      const hex = rainbow[(Math.floor(x / 8) + 3 * Math.floor(y / 8)) % rainbow.length] ?? '';
      return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
    },
  });
  expect(colours.length).toBeGreaterThan(2);
  expect(colours.length).toBeLessThanOrEqual(5);
  expect(colours.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1.03);
});

test('a dress of a few pixels still has a colour', async () => {
  const colours = await coloursOf({ width: 6, height: 12, colour: () => [208, 32, 42] });
  expect(colours[0]?.name).toBe('red');
});
