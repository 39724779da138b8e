import fc from 'fast-check';
import sharp from 'sharp';
import { type Dress, drawAlpha, drawApart, drawPicture, type Rgba } from '../../lib/pipeline/canvas';
import { paint } from '../helpers/scenes';

/** A red photo of 6x4 whose left column is half dress and whose right column is none. */
function dress(): Dress {
  const alpha = Uint8Array.from({ length: 24 }, (_, i) => [128, 255, 255, 255, 255, 0][i % 6] ?? 0);
  const box = { left: 0, top: 0, width: 5, height: 4 };
  return { photo: paint(6, 4, () => [200, 20, 40]), matte: { kind: 'matte', width: 6, height: 4, alpha, box } };
}

const whole = { left: 0, top: 0, width: 6, height: 4 };
const layout = { source: whole, canvas: { width: 10, height: 8 }, target: { left: 3, top: 2, width: 6, height: 4 } };
const read = async (bytes: Uint8Array) => {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  return {
    info,
    at: (x: number, y: number) => {
      const start = (y * info.width + x) * info.channels;
      return [...data.subarray(start, start + info.channels)];
    },
  };
};

test('a cut-out stands where the layout says, exactly, and nothing is beside it', async () => {
  const { bytes, width, height } = await drawPicture(dress(), layout, { format: 'png', background: null });
  const { at, info } = await read(bytes);
  expect([width, height, info.width, info.height, info.channels]).toEqual([10, 8, 10, 8, 4]);
  expect(at(3, 2)).toEqual([200, 20, 40, 128]);
  expect(at(4, 5)).toEqual([200, 20, 40, 255]);
  for (const [x, y] of [
    [2, 2],
    [3, 1],
    [8, 3],
    [4, 6],
    [9, 7],
  ] as const)
    expect(at(x, y)).toEqual([0, 0, 0, 0]);
});

test('a source inside the cut-out is all that is drawn, and a larger target is filled', async () => {
  const narrow = {
    ...layout,
    source: { left: 1, top: 1, width: 2, height: 2 },
    target: { left: 1, top: 1, width: 8, height: 6 },
  };
  const { at } = await read((await drawPicture(dress(), narrow, { format: 'png', background: null })).bytes);
  expect(at(1, 1)).toEqual([200, 20, 40, 255]);
  expect(at(8, 6)).toEqual([200, 20, 40, 255]);
  expect(at(9, 6)).toEqual([0, 0, 0, 0]);
});

test('no colour is left under alpha 0, resized or not', async () => {
  const target = { left: 0, top: 0, width: 9, height: 5 };
  const { at } = await read(
    (await drawPicture(dress(), { ...layout, target }, { format: 'png', background: null })).bytes,
  );
  for (let y = 0; y < 8; y++) {
    for (let x = 0; x < 10; x++) {
      const [r, g, b, alpha] = at(x, y);
      if (alpha === 0) expect([r, g, b]).toEqual([0, 0, 0]);
    }
  }
});

test('a background lies under the dress by the rule of over, whatever its alpha', async () => {
  const channel = fc.integer({ min: 0, max: 255 });
  const red = dress();
  await fc.assert(
    fc.asyncProperty(fc.record({ r: channel, g: channel, b: channel, alpha: channel }), async (background: Rgba) => {
      const { at, info } = await read((await drawPicture(red, layout, { format: 'png', background })).bytes);
      const opaque = background.alpha === 255;
      expect(info.channels).toBe(opaque ? 3 : 4);
      const { r, g, b, alpha } = background;
      expect(at(0, 0)).toEqual(alpha === 0 ? [0, 0, 0, 0] : opaque ? [r, g, b] : [r, g, b, alpha]);
      const all = 128 / 255 + (alpha / 255) * (127 / 255);
      const mixed = (dressed: number, under: number) =>
        (dressed * (128 / 255) + under * (alpha / 255) * (127 / 255)) / all;
      const expected = [mixed(200, r), mixed(20, g), mixed(40, b), 255 * all];
      for (const [i, value] of at(3, 2).entries())
        expect(Math.abs(value - (expected[i] as number))).toBeLessThanOrEqual(1);
      expect(at(5, 3).slice(0, 3)).toEqual([200, 20, 40]);
    }),
    { numRuns: 30 },
  );
});

test('a JPEG stands on white wherever nothing else is', async () => {
  const background = { r: 0, g: 0, b: 255, alpha: 0 };
  for (const look of [null, background]) {
    const { bytes, contentType } = await drawPicture(dress(), layout, { format: 'jpeg', background: look });
    expect(contentType).toBe('image/jpeg');
    for (const value of (await read(bytes)).at(0, 7)) expect(value).toBeGreaterThan(245);
  }
});

test('alpha alone is 8-bit grey, and agrees with the picture', async () => {
  const { bytes } = await drawAlpha(dress(), layout, 'png');
  const { at } = await read(bytes);
  expect(await sharp(bytes).metadata()).toMatchObject({ width: 10, height: 8, channels: 1, depth: 'uchar' });
  expect([at(3, 2)[0], at(4, 2)[0], at(8, 2)[0], at(0, 0)[0]]).toEqual([128, 255, 0, 0]);
});

test('colour and alpha apart make the dress again', async () => {
  const { colour, alpha } = await drawApart(dress(), layout);
  expect([colour.contentType, alpha.contentType]).toEqual(['image/jpeg', 'image/png']);
  expect([colour.width, colour.height, alpha.width, alpha.height]).toEqual([10, 8, 10, 8]);
  const [colours, alphas] = [await read(colour.bytes), await read(alpha.bytes)];
  expect(alphas.at(3, 2)[0]).toBe(128);
  // One colour everywhere: JPEG has nothing to smear.
  for (const [x, y] of [
    [3, 2],
    [5, 4],
    [0, 0],
  ] as const) {
    for (const [i, value] of colours.at(x, y).entries())
      expect(Math.abs(value - ([200, 20, 40][i] as number))).toBeLessThan(4);
  }
});
