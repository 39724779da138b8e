import fc from 'fast-check';
import { placesOf } from '../../lib/pipeline/places';

describe('placesOf', () => {
  it('names the samples before and behind each point, and how far it is from one to the other', () => {
    const { first, second, share } = placesOf(4, 3, (point) => point / 2 + 0.25);
    expect(Array.from(first)).toEqual([0, 0, 1, 1]);
    expect(Array.from(second)).toEqual([1, 1, 2, 2]);
    expect(Array.from(share)).toEqual([0.25, 0.75, 0.25, 0.75]);
  });

  it('takes the first and the last sample beyond them', () => {
    const at = [-3, -0.1, 2, 7];
    const { first, second, share } = placesOf(4, 3, (point) => at[point] ?? 0);
    expect(Array.from(first)).toEqual([0, 0, 2, 2]);
    expect(Array.from(second)).toEqual([1, 1, 2, 2]);
    expect(Array.from(share)).toEqual([0, 0, 0, 0]);
  });

  it('gives back a straight line wherever it is asked inside', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.double({ min: 0, max: 1, noNaN: true }), (samples, inside) => {
        const place = inside * (samples - 1);
        const { first, second, share } = placesOf(1, samples, () => place);
        expect(first[0]! * (1 - share[0]!) + second[0]! * share[0]!).toBeCloseTo(place, 9);
      }),
    );
  });
});
