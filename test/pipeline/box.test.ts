import fc from 'fast-check';
import { boundingBox, growBox, wholeOf } from '../../lib/pipeline/box';
import { plainBox } from '../helpers/scenes';

const side = fc.integer({ min: 1, max: 40 });

describe('boundingBox', () => {
  it('is the box that a plain search finds', () => {
    fc.assert(
      fc.property(side, side, fc.array(fc.nat(), { maxLength: 4 }), (width, height, marks) => {
        const data = new Uint8Array(width * height);
        for (const mark of marks) data[mark % data.length] = 1;
        expect(boundingBox({ width, height, data }, 0)).toEqual(plainBox(data, width, height));
      }),
    );
  });

  it('does not count what only reaches the limit', () => {
    const plane = { width: 2, height: 2, data: [0.5, 0.5, 0.6, 0.5] };
    expect(boundingBox(plane, 0.5)).toEqual({ left: 0, top: 1, width: 1, height: 1 });
    expect(boundingBox(plane, 0.6)).toBeNull();
  });

  it('sees nothing outside the part that it is to look at', () => {
    const data = new Uint8Array(10 * 8);
    for (const [x, y] of [
      [2, 3],
      [7, 3],
      [4, 6],
    ] as const)
      data[y * 10 + x] = 1;
    const inside = (left: number, top: number, width: number, height: number) =>
      boundingBox({ width: 10, height: 8, data }, 0, { left, top, width, height });
    expect(inside(0, 0, 10, 8)).toEqual({ left: 2, top: 3, width: 6, height: 4 });
    expect(inside(0, 0, 7, 7)).toEqual({ left: 2, top: 3, width: 3, height: 4 });
    expect(inside(7, 3, 1, 1)).toEqual({ left: 7, top: 3, width: 1, height: 1 });
    expect(inside(0, 0, 2, 8)).toBeNull();
  });
});

describe('growBox', () => {
  it('adds the same on every side, as far as the raster reaches', () => {
    const box = { left: 3, top: 1, width: 2, height: 2 };
    expect(growBox(box, { width: 20, height: 20 }, 1)).toEqual({ left: 2, top: 0, width: 4, height: 4 });
    expect(growBox(box, { width: 20, height: 20 }, 2)).toEqual({ left: 1, top: 0, width: 6, height: 5 });
    expect(growBox(box, { width: 6, height: 4 }, 9)).toEqual(wholeOf({ width: 6, height: 4 }));
  });
});
