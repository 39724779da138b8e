import { billedOf, costOf } from '../../bench/costs';

describe('costOf', () => {
  it('is memory times time, and the calls', () => {
    // 100 ms with one processor: 1000 x 0.1 s x 1769 / 1024 GB x price, and 0.0002.
    expect(costOf(100, 1769, 'x86_64')).toBeCloseTo(0.1 * (1769 / 1024) * 0.0166667 + 0.0002, 9);
    expect(costOf(100, 1769, 'arm64')).toBeCloseTo(0.1 * (1769 / 1024) * 0.0133334 + 0.0002, 9);
  });

  it('costs twice as much with twice the memory of one processor, which one thread makes no use of', () => {
    expect(costOf(100, 3538, 'x86_64') - 0.0002).toBeCloseTo(2 * (costOf(100, 1769, 'x86_64') - 0.0002), 9);
  });

  it('takes longer on a share of a processor, in whole milliseconds', () => {
    expect(billedOf(100, 1024)).toBe(173);
    expect(billedOf(100.2, 1769)).toBe(101);
  });
});
