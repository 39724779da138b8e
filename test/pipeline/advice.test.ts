import { adviceOf } from '../../lib/pipeline/advice';
import { paint } from '../helpers/scenes';

const photo = paint(400, 600, () => [120, 110, 100]);
const box = { left: 50, top: 60, width: 200, height: 400 };
const one = { box, coverage: 0.3, confidence: 0.9 };
const found = { box, turned: 0, dresses: [one] } as const;

test('a dress that is large, light, whole, alone and upright needs no advice', () => {
  expect(adviceOf(photo, found)).toEqual([]);
});

test('each shortcoming has its word', () => {
  expect(adviceOf(photo, { ...found, box: { ...box, width: 100, height: 159 } })).toEqual(['closer']);
  expect(
    adviceOf(
      paint(400, 600, (x) => (x % 2 === 0 ? [60, 60, 60] : [10, 10, 10])),
      found,
    ),
  ).toEqual(['light']);
  expect(adviceOf(photo, { ...found, dresses: [one, one] })).toEqual(['alone']);
  expect(adviceOf(photo, { ...found, turned: 270 })).toEqual(['upright']);
});

test('a dress that touches any side of the photo may go on outside it', () => {
  for (const side of [{ left: 0 }, { top: 0 }, { left: 200 }, { top: 200 }]) {
    expect(adviceOf(photo, { ...found, box: { ...box, ...side } })).toEqual(['frame']);
  }
});

test('a photo without a dress may still be too dark, or lie on its side', () => {
  const none = { box: null, dresses: [], turned: 90 } as const;
  expect(
    adviceOf(
      paint(40, 60, () => [0, 0, 0]),
      none,
    ),
  ).toEqual(['light', 'upright']);
});
