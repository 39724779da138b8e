import fc from 'fast-check';
import { dressPixels } from '../../../lib/pipeline/description/dress-pixels';
import { lengthOf } from '../../../lib/pipeline/description/length';
import { patternOf } from '../../../lib/pipeline/description/pattern';
import { personOf } from '../../../lib/pipeline/description/person';
import type { Box } from '../../../lib/raster';
import { type Drawing, drawDress } from '../../helpers/drawn-dress';

const pattern = async (colour: Drawing['colour']) => {
  const { photo, matte } = drawDress({ width: 240, height: 480, ...(colour && { colour }) });
  return patternOf(await dressPixels(photo, matte, matte.box as Box));
};

test('one colour is plain, with its folds and shadows, too', async () => {
  expect(await pattern(() => [150, 60, 60])).toBe('plain');
  const fold = (x: number) => 0.75 + 0.25 * Math.sin(x / 9);
  expect(await pattern((x) => [180 * fold(x), 70 * fold(x), 70 * fold(x)])).toBe('plain');
});

test.each<[string, Drawing['colour']]>([
  ['stripes', (_, y) => (y % 24 < 12 ? [240, 240, 240] : [30, 40, 110])],
  ['checks', (x, y) => (x % 16 < 8 !== y % 16 < 8 ? [200, 40, 40] : [40, 40, 40])],
  ['dots', (x, y) => (((x % 18) - 9) ** 2 + ((y % 18) - 9) ** 2 < 25 ? [250, 240, 230] : [40, 90, 180])],
])('%s are a pattern', async (_, colour) => {
  expect(await pattern(colour)).toBe('patterned');
});

const length = (drawing: Drawing) => {
  const { matte, whole } = drawDress(drawing);
  return lengthOf(matte, personOf(whole, matte));
};

// From head (0.1) to feet (0.9): a hem at 0.58 of the photo is 0.6 of the way.
test.each([
  [0.5, 'mini'],
  [0.58, 'mini'],
  [0.65, 'knee'],
  [0.74, 'midi'],
  [0.86, 'maxi'],
])('a hem at %d is %s', (hem, expected) => {
  expect(length({ hem })).toBe(expected);
});

test('how tall the photo is and where the person stands in it does not matter', () => {
  const place = fc.record({
    top: fc.double({ min: 0.03, max: 0.3, noNaN: true }),
    scale: fc.constantFrom(200, 400, 600),
  });
  fc.assert(
    fc.property(place, ({ top, scale }) => {
      const tall = 0.65;
      const at = (share: number) => top + share * tall;
      const drawing = { width: 100, height: scale, head: top, shoulders: at(0.18), hem: at(0.69), feet: at(1) };
      expect(length(drawing)).toBe('knee');
    }),
    { numRuns: 40 },
  );
});

test.each<[string, Drawing]>([
  ['feet are below the photo', { feet: 1.2 }],
  ['the head is above it', { head: -0.1, shoulders: 0 }],
  ['the photo begins at the shoulders', { head: 0.25, shoulders: 0.25 }],
  ['nobody is in the dress', { head: 0.25, feet: 0.65 }],
])('where %s, nobody can tell', (_, drawing) => {
  expect(length(drawing)).toBe('unknown');
});

test('another person further off does not count', () => {
  const { matte, whole } = drawDress({ hem: 0.5 });
  // A column of skin along the left edge, from top to bottom.
  for (let y = 0; y < whole.height; y++) {
    whole.background[y * whole.width] = 0;
    whole.skin[y * whole.width] = 1;
  }
  expect(lengthOf(matte, personOf(whole, matte))).toBe('mini');
});
