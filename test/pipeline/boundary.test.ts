import fc from 'fast-check';
import { boundaryOf } from '../../lib/pipeline/boundary';
import { bytesOf } from '../helpers/scenes';

describe('boundaryOf', () => {
  it('is wherever both a one and a zero lie within reach, as a plain search finds it', () => {
    const side = fc.integer({ min: 1, max: 14 });
    fc.assert(
      fc.property(side, side, fc.nat(6), fc.array(fc.nat(), { maxLength: 5 }), (width, height, reach, marks) => {
        const mask = new Uint8Array(width * height);
        for (const mark of marks) mask[mark % mask.length] = 1;
        const plain = bytesOf(width, height, (x, y) => {
          const found = new Set<number>();
          for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++) {
            for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++)
              found.add(mask[v * width + u]!);
          }
          return found.size === 2 ? 1 : 0;
        });
        expect(boundaryOf({ width, height, data: mask }, reach)).toEqual({ width, height, data: plain });
      }),
      { numRuns: 200 },
    );
  });
});
