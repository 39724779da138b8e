import fc from 'fast-check';
import sharp from 'sharp';
import { boundingBox } from '../../lib/pipeline/box';
import { back, turnBox, turnMatte, turnPhoto, turnProbabilities } from '../../lib/pipeline/turn';
import type { Box, Photo, Probabilities, Turn } from '../../lib/raster';

const TURNS = [0, 90, 180, 270] as const;
const size = fc.integer({ min: 1, max: 12 });

/** Every byte another, as far as there are bytes. */
const photoOf = (width: number, height: number): Photo => ({
  kind: 'photo',
  width,
  height,
  rgb: Uint8Array.from({ length: 3 * width * height }, (_, i) => (7 * i) % 251),
});

test.each(TURNS)('a photo is turned by %d degrees as sharp turns it', async (turn) => {
  await fc.assert(
    fc.asyncProperty(size, size, async (width, height) => {
      const { rgb } = photoOf(width, height);
      const image = sharp(rgb, { raw: { width, height, channels: 3 } }).rotate(turn);
      const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
      const turned = turnPhoto(photoOf(width, height), turn);
      expect([turned.width, turned.height]).toEqual([info.width, info.height]);
      expect(Buffer.compare(Buffer.from(turned.rgb), data)).toBe(0);
    }),
    { numRuns: 20 },
  );
});

test.each(TURNS)('what is turned by %d degrees and back is as it was', (turn: Turn) => {
  fc.assert(
    fc.property(size, size, (width, height) => {
      const floats = (count: number, from: number) => Float32Array.from({ length: count }, (_, i) => from + i);
      const area = width * height;
      const said: Probabilities = {
        kind: 'probabilities',
        width,
        height,
        background: floats(area, 0),
        skin: floats(area, 1000),
        dress: floats(area, 2000),
        presence: 0.5,
        turned: turn,
        features: { kind: 'features', width: height, height: width, channels: 2, data: floats(2 * area, 3000) },
      };
      expect(turnProbabilities(turnProbabilities(said, turn), back(turn))).toEqual(said);
      expect(turnPhoto(turnPhoto(photoOf(width, height), turn), back(turn))).toEqual(photoOf(width, height));
    }),
  );
});

test.each(TURNS)('a box is turned by %d degrees as what is in it is', (turn) => {
  fc.assert(
    fc.property(size, size, size, size, (left, top, width, height) => {
      const [across, down] = [left + width + 2, top + height + 1];
      const box: Box = { left, top, width, height };
      const alpha = Uint8Array.from({ length: across * down }, (_, i) => {
        const [x, y] = [i % across, Math.floor(i / across)];
        return x >= left && x < left + width && y >= top && y < top + height ? 255 : 0;
      });
      expect(boundingBox({ width: across, height: down, data: alpha }, 0)).toEqual(box);
      const turned = turnMatte({ kind: 'matte', width: across, height: down, alpha, box }, turn);
      expect(turnBox(box, { width: across, height: down }, turn)).toEqual(turned.box);
    }),
  );
});

test('every plane goes where the photo goes', () => {
  // One pixel of each raster stands out, in the upper left.
  const spot = (count: number, at: number) => Float32Array.from({ length: count }, (_, i) => (i === at ? 1 : 0));
  const said: Probabilities = {
    kind: 'probabilities',
    width: 3,
    height: 2,
    background: spot(6, 0),
    skin: spot(6, 0),
    dress: spot(6, 0),
    presence: 0.5,
    turned: 0,
    features: { kind: 'features', width: 3, height: 2, channels: 2, data: spot(12, 6) },
  };
  const { width, height, background, skin, dress, features } = turnProbabilities(said, 90);
  expect([width, height, features?.width, features?.height]).toEqual([2, 3, 2, 3]);
  for (const plane of [background, skin, dress]) expect([...plane]).toEqual([0, 1, 0, 0, 0, 0]);
  expect([...(features?.data ?? [])]).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
});
