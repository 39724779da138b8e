import fc from 'fast-check';
import { Ring } from '../../lib/pipeline/ring';

const drain = (ring: Ring): number[] => {
  const out: number[] = [];
  for (let member = ring.next(); member !== undefined; member = ring.next()) out.push(member);
  return out;
};

describe('Ring', () => {
  it('gives back in the order of the first time, each once', () => {
    const ring = new Ring(5);
    for (const member of [3, 1, 3, 4, 1]) ring.add(member);
    expect(drain(ring)).toEqual([3, 1, 4]);
    ring.add(3);
    expect(drain(ring)).toEqual([3]);
  });

  it('does what a list that is searched does, whatever the order of adding and taking', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(6), { nil: undefined }), { maxLength: 80 }), (steps) => {
        const ring = new Ring(7);
        const list: number[] = [];
        for (const step of steps) {
          if (step === undefined) expect(ring.next()).toBe(list.shift());
          else {
            ring.add(step);
            if (!list.includes(step)) list.push(step);
          }
        }
        expect(drain(ring)).toEqual(list);
      }),
    );
  });

  it('holds nothing where it has no place', () => expect(new Ring(0).next()).toBeUndefined());
});
