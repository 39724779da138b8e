import fc from 'fast-check';
import { pooledFeatures } from '../../../lib/pipeline/description/pooled-features';
import type { Features, Matte } from '../../../lib/raster';

/** Two channels on 4 x 6 cells: the row, and the column. */
const features: Features = {
  kind: 'features',
  width: 4,
  height: 6,
  channels: 2,
  data: Float32Array.from({ length: 48 }, (_, i) => (i < 24 ? Math.floor(i / 4) : i % 4)),
};

const matteOf = (width: number, height: number, alpha: (x: number, y: number) => number): Matte => ({
  kind: 'matte',
  width,
  height,
  alpha: Uint8Array.from({ length: width * height }, (_, i) => alpha(i % width, Math.floor(i / width))),
  box: { left: 0, top: 0, width, height },
});
const whole = { left: 0, top: 0, width: 40, height: 60 };

test('three bands of equal area from top to hem, each with the mean of every channel', () => {
  expect(
    pooledFeatures(
      features,
      matteOf(40, 60, () => 255),
      whole,
    ),
  ).toEqual([0.5, 1.5, 2.5, 1.5, 4.5, 1.5]);
});

test('only the dress counts, and half a cell by half', () => {
  const left = matteOf(40, 60, (x) => (x < 15 ? 255 : 0));
  // Columns 0 and half of 1.
  expect(pooledFeatures(features, left, whole).filter((_, i) => i % 2 === 1)).toEqual(
    [0, 0, 0].map(() => expect.closeTo(1 / 3, 5)),
  );
  // A skirt twice as wide as the bodice: the bands are of one area, not of one height.
  const skirt = matteOf(40, 60, (x, y) => (y < 30 ? (x < 10 ? 255 : 0) : x < 20 ? 255 : 0));
  const [top = 0, , middle = 0, , hem = 0] = pooledFeatures(features, skirt, whole);
  expect([top, middle, hem]).toEqual([1, 3 + 1 / 3, 4 + 2 / 3].map((mean) => expect.closeTo(mean, 5)));
});

test('features of a part of the photo are laid over that part', () => {
  const dress = matteOf(80, 120, (x, y) => (x >= 20 && x < 60 && y >= 30 && y < 90 ? 255 : 0));
  const within = { left: 20, top: 30, width: 40, height: 60 };
  expect(pooledFeatures(features, dress, within)).toEqual(
    [0.5, 1.5, 2.5, 1.5, 4.5, 1.5].map((mean) => expect.closeTo(mean, 5)),
  );
});

test('no mean lies outside of what the features are, whatever the matte', () => {
  const alpha = fc.uint8Array({ minLength: 63, maxLength: 63 });
  fc.assert(
    fc.property(alpha, (values) => {
      fc.pre(values.some((value) => value > 0));
      const matte = { ...matteOf(7, 9, () => 0), alpha: values };
      const pooled = pooledFeatures(features, matte, { left: 0, top: 0, width: 7, height: 9 });
      for (const [i, mean] of pooled.entries()) {
        expect(mean).toBeGreaterThan(-1e-6);
        expect(mean).toBeLessThan((i % 2 === 0 ? 5 : 3) + 1e-6);
      }
    }),
  );
});
