import fc from 'fast-check';
import { crop, paste } from '../../lib/pipeline/crop';

const side = fc.integer({ min: 1, max: 9 });

test('what is cut out of a raster and put back leaves it as it was', () => {
  fc.assert(
    fc.property(side, side, side, side, fc.nat(8), fc.nat(8), (w, h, width, height, left, top) => {
      const box = { left, top, width: w, height: h };
      const whole = { width: left + w + width, height: top + h + height };
      const data = Uint8Array.from({ length: whole.width * whole.height }, (_, i) => i % 251);
      const part = crop(data, whole.width, box);
      expect(part).toHaveLength(w * h);
      expect(part[w * h - 1]).toBe(data[(top + h - 1) * whole.width + left + w - 1]);
      const empty = paste(new Uint8Array(data.length), whole.width, part, box);
      expect(empty.reduce((sum, value) => sum + value, 0)).toBe(part.reduce((sum, value) => sum + value, 0));
      expect(paste(data.slice(), whole.width, part, box)).toEqual(data);
    }),
  );
});

test('all values of a pixel come along', () => {
  const data = Float32Array.from({ length: 24 }, (_, i) => i);
  expect([...crop(data, 4, { left: 1, top: 1, width: 2, height: 1 }, 3)]).toEqual([15, 16, 17, 18, 19, 20]);
});
