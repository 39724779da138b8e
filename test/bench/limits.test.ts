import { chooseLimits, curve, reaching } from '../../bench/limits';

const street = { name: 'street', dresses: [0.31, 0.5, 0.9, 0.95], others: [0.02, 0.4, 0.62] };
const shop = { name: 'shop', dresses: [0.41, 0.99], others: [0.71] };

test('a limit is reached by what equals it', () => {
  expect(reaching(street.dresses, 0.5)).toBe(0.75);
  expect(reaching([], 0.5)).toBe(0);
});

test('the limits are the highest that lets every dress out, and the lowest that keeps every other from being ok', () => {
  expect(chooseLimits([street])).toEqual({ absent: 0.3, doubtful: 0.65 });
  expect(chooseLimits([street, shop])).toEqual({ absent: 0.3, doubtful: 0.75 });
});

test('one dress in fifty may be lost, and one other photo in fifty be ok; no more', () => {
  const dresses = (low: number) => [...Array<number>(low).fill(0.1), ...Array<number>(50 - low).fill(0.9)];
  const others = (high: number) => [...Array<number>(high).fill(0.9), ...Array<number>(50 - high).fill(0.05)];
  expect(chooseLimits([{ name: 'one', dresses: dresses(2), others: others(1) }])).toEqual({
    absent: 0.9,
    doubtful: 0.1,
  });
  expect(chooseLimits([{ name: 'one', dresses: dresses(3), others: others(2) }])).toEqual({
    absent: 0.1,
    doubtful: 0.95,
  });
});

test('the curve has a line a limit and two columns a set', () => {
  const lines = curve([street, shop]).split('\n');
  expect(lines).toHaveLength(23);
  expect(lines[0]).toContain('street: 4 dresses | street: 3 others | shop: 2 dresses | shop: 1 others');
  expect(lines[12]).toMatch(/^\| 0.50 +\| 75.0 % +\| 33.3 % +\| 50.0 % +\| 100.0 % +\|$/);
});
