import fc from 'fast-check';
import { colourNumbers } from '../../../lib/pipeline/description/colour-numbers';
import type { DressPixels } from '../../../lib/pipeline/description/dress-pixels';
import { dressPixels } from '../../../lib/pipeline/description/dress-pixels';
import { embeddingOf } from '../../../lib/pipeline/description/embedding';
import { COLOURS, FEATURES } from '../../../lib/pipeline/description/projection';
import fitted from '../../../lib/pipeline/description/projection.json';
import type { Box } from '../../../lib/raster';
import model from '../../../models/model.json';
import { type Drawing, drawDress } from '../../helpers/drawn-dress';

const embed = async (drawing: Drawing) => {
  const { photo, matte } = drawDress(drawing);
  const colours = colourNumbers(await dressPixels(photo, matte, matte.box as Box));
  return embeddingOf({ features: null, colours });
};
const likeness = (one: readonly number[], other: readonly number[]) =>
  one.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0);

test('whatever the pixels, at most 256 finite numbers of length 1 come out', () => {
  const pixels = fc
    .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
    .chain((size) =>
      fc.record({
        ...{
          kind: fc.constant('dress-pixels' as const),
          width: fc.constant(size.width),
          height: fc.constant(size.height),
        },
        lab: fc.float32Array({
          minLength: 3 * size.width * size.height,
          maxLength: 3 * size.width * size.height,
          min: Math.fround(-0.4),
          max: 1,
          noNaN: true,
        }),
        inside: fc.uint8Array({
          minLength: size.width * size.height,
          maxLength: size.width * size.height,
          min: 1,
          max: 1,
        }),
      }),
    );
  fc.assert(
    fc.property(pixels as fc.Arbitrary<DressPixels>, (drawn) => {
      const colours = colourNumbers(drawn);
      for (const features of [
        null,
        Array.from({ length: FEATURES.inputs }, (_, i) => Math.sin(i) * (drawn.lab[0] ?? 0)),
      ]) {
        const embedding = embeddingOf({ features, colours });
        expect(embedding.length).toBe(features === null ? 64 : 128);
        expect(Math.hypot(...embedding)).toBeCloseTo(1, 3);
      }
    }),
    { numRuns: 200 },
  );
});

test('what embeddings are mapped with was fitted to the network that is shipped', () => {
  const { name, version } = model;
  expect(fitted.model).toEqual({ name, version });
  expect([FEATURES.weights.length, COLOURS.weights.length]).toEqual([96 * 64, 184 * 64]);
  expect([FEATURES.mean.length, COLOURS.mean.length]).toEqual([96, 184]);
});

test('features of another network, of which there are more or fewer, are left out', () => {
  const colours = Array.from({ length: COLOURS.inputs }, (_, i) => Math.cos(i));
  expect(embeddingOf({ features: [1, 2, 3], colours })).toEqual(embeddingOf({ features: null, colours }));
});

test('the same dress at half the size, in other light and with less around it is nearer than any other', async () => {
  const stripes =
    (by: number, light = 1) =>
    (_: number, y: number) =>
      (y % by < by / 2 ? [220 * light, 30 * light, 40 * light] : [240 * light, 235 * light, 230 * light]) as [
        number,
        number,
        number,
      ];
  const dress = await embed({ width: 240, height: 480, colour: stripes(40) });
  const again = [
    await embed({ width: 120, height: 240, colour: stripes(20) }),
    await embed({ width: 240, height: 480, colour: stripes(40, 0.8) }),
    await embed({ width: 200, height: 440, colour: stripes(40) }),
  ];
  const others = [
    await embed({ width: 240, height: 480, colour: () => [220, 30, 40] }),
    await embed({ width: 240, height: 480, colour: () => [240, 235, 230] }),
    await embed({ width: 240, height: 480, colour: (_, y) => (y % 40 < 20 ? [30, 40, 220] : [240, 235, 230]) }),
    await embed({ width: 240, height: 480, hem: 0.85, colour: (_, y) => (y < 240 ? [220, 30, 40] : [240, 235, 230]) }),
  ];
  const nearest = Math.max(...others.map((other) => likeness(dress, other)));
  for (const same of again) expect(likeness(dress, same)).toBeGreaterThan(nearest);
});
