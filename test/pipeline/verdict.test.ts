import { dressExpected, type Evidence, reasonsOf, VERDICT } from '../../lib/pipeline/verdict';
import { probabilitiesOf } from '../helpers/scenes';

const { absent, doubtful, vague, leaky } = VERDICT;
/** A step that no limit is near. */
const BIT = 0.001;

const sure: Evidence = { presence: 1, confidence: 1, coverage: 0.2, skinLeak: 0, turned: 0, dresses: 1 };
const reasons = (evidence: Partial<Evidence>, expect: 'auto' | 'dress' = 'auto') =>
  reasonsOf({ ...sure, ...evidence }, { expect });

describe('reasonsOf', () => {
  it('has none where everything is sure, up to each limit', () => {
    expect(reasons({})).toEqual([]);
    expect(reasons({ presence: doubtful, confidence: vague, skinLeak: leaky })).toEqual([]);
  });

  it('doubts that a dress is worn, unless the caller knows', () => {
    expect(reasons({ presence: doubtful - BIT })).toEqual(['presence']);
    expect(reasons({ presence: doubtful - BIT }, 'dress')).toEqual([]);
  });

  it('doubts a vague shape, and skin that came along', () => {
    expect(reasons({ confidence: vague - BIT })).toEqual(['shape']);
    expect(reasons({ skinLeak: leaky + BIT })).toEqual(['skin']);
  });

  it('never lets a photo on its side, or several dresses, pass as sure', () => {
    for (const turned of [90, 180, 270] as const) expect(reasons({ turned })).toEqual(['turned']);
    expect(reasons({ dresses: 2 })).toEqual(['several']);
  });

  it('tells all of them, in one order', () => {
    const all = { presence: 0.2, confidence: 0.2, skinLeak: 0.5, turned: 90, dresses: 3 } as const;
    expect(reasons(all)).toEqual(['presence', 'shape', 'skin', 'turned', 'several']);
  });
});

describe('dressExpected', () => {
  const saying = (presence: number) =>
    probabilitiesOf(
      2,
      2,
      () => 0,
      () => 0,
      presence,
    );

  it('leaves it to the service where the caller does', () => {
    expect(dressExpected(saying(absent), { expect: 'auto' })).toBe(true);
    expect(dressExpected(saying(absent - BIT), { expect: 'auto', presence: null })).toBe(false);
  });

  it('draws the line where the caller does', () => {
    expect(dressExpected(saying(0.6), { expect: 'auto', presence: 0.61 })).toBe(false);
    expect(dressExpected(saying(0.02), { expect: 'auto', presence: 0.01 })).toBe(true);
    expect(dressExpected(saying(0), { expect: 'auto', presence: 0 })).toBe(true);
  });

  it('believes a caller who knows, whatever line is drawn', () => {
    expect(dressExpected(saying(0), { expect: 'dress', presence: 0.9 })).toBe(true);
  });
});

test('the limits stand in an order that makes sense', () => {
  expect(absent).toBeLessThan(doubtful);
  for (const value of Object.values(VERDICT)) {
    expect(value).toBeGreaterThan(0);
    expect(value).toBeLessThan(1);
  }
});
