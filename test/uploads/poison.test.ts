import { BATCH_SIZE } from '../../lib/uploads/consume';
import { drain } from '../helpers/queue-model';

const KEYS = Array.from({ length: 10 }, (_, index) => `uploads/p${index}.jpg`);

test.each([
  ['the fourth', [3]],
  ['the first and the last', [0, 9]],
  ['all but one', [0, 1, 2, 3, 4, 5, 6, 7, 8]],
])('a photo that kills the process dies alone: %s', async (_, indices) => {
  const deadly = new Set(indices.map((index) => KEYS[index] ?? ''));
  const { cut, dead } = await drain(KEYS, deadly, BATCH_SIZE);
  expect(dead).toEqual(deadly);
  expect(cut).toEqual(new Set(KEYS.filter((key) => !deadly.has(key))));
});

test('ten at a time, as it would be by default, nine innocent ones would be dead letters', async () => {
  const { dead } = await drain(KEYS, new Set([KEYS[3] ?? '']), 10);
  expect(dead).toEqual(new Set(KEYS));
});
