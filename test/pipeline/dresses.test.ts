import { iou, overlap } from '../../bench/scores';
import { describeDresses, labelDresses, matteOf } from '../../lib/pipeline/dresses';
import { measure } from '../../lib/pipeline/measure';
import type { Matte, Probabilities } from '../../lib/raster';
import { bytesOf, matteOf as drawMatte, GREEN, paint, probabilitiesOf, RED } from '../helpers/scenes';

const [width, height] = [240, 160];
type Inside = (x: number, y: number) => boolean;
/** A head, a neck, and a dress that widens to the hem, in pixels. */
const head =
  (middle: number): Inside =>
  (x, y) =>
    (y >= 20 && y < 40 && Math.abs(x - middle) <= 8) || (y >= 36 && y < 48 && Math.abs(x - middle) <= 3);
const dressed =
  (middle: number, wide = 34): Inside =>
  (x, y) =>
    y >= 46 && y < 140 && Math.abs(x - middle) <= 16 + ((wide - 16) * (y - 46)) / 94;

/** What the network says of people in dresses, exactly, and the matte of all of them. */
function scene(dresses: readonly Inside[], heads: readonly Inside[]): { matte: Matte; said: Probabilities } {
  const any = (some: readonly Inside[]) => (x: number, y: number) => some.some((inside) => inside(x, y));
  const said = probabilitiesOf(
    width,
    height,
    (x, y) => (any(dresses)(x, y) ? 0.95 : 0.01),
    (x, y) => (any(heads)(x, y) ? 0.95 : 0.01),
  );
  return { matte: drawMatte(width, height, (x, y) => (any(dresses)(x, y) ? 255 : 0)), said };
}
const plain = paint(width, height, () => GREEN);
const truth = (inside: Inside) => bytesOf(width, height, (x, y) => (inside(x, y) ? 1 : 0));
const halvesOf = ({ alpha }: Matte) => alpha.map((value) => (value > 127 ? 1 : 0));

test('one person wears one dress, whatever lies above it', async () => {
  const { matte, said } = scene([dressed(120)], [head(120)]);
  expect(await labelDresses(plain, matte, said)).toBeNull();
  const found = describeDresses(matte, null, said, measure(matte, said));
  expect(found).toEqual([{ box: matte.box, coverage: expect.any(Number), confidence: expect.closeTo(0.95, 5) }]);
});

test('people apart are told apart, the larger dress first, each with its own box and matte', async () => {
  const [small, large] = [dressed(60, 24), dressed(170, 46)];
  const { matte, said } = scene([small, large], [head(60), head(170)]);
  const labels = await labelDresses(plain, matte, said);
  const found = describeDresses(matte, labels, said, measure(matte, said));
  expect(found).toHaveLength(2);
  expect(found[0]!.coverage).toBeGreaterThan(found[1]!.coverage);
  expect(found[0]!.box.left).toBeGreaterThan(120);
  expect(halvesOf(matteOf(matte, labels!, 1))).toEqual(truth(large));
  expect(halvesOf(matteOf(matte, labels!, 2))).toEqual(truth(small));
});

test('people whose dresses run into each other are parted between their heads', async () => {
  const [left, right] = [dressed(90), dressed(140)];
  const { matte, said } = scene([left, right], [head(90), head(140)]);
  const labels = await labelDresses(plain, matte, said);
  const [first, second] = [1, 2].map((number) => halvesOf(matteOf(matte, labels!, number)));
  const fits = [left, right].map((inside) =>
    Math.max(iou(overlap(first!, truth(inside))), iou(overlap(second!, truth(inside)))),
  );
  for (const fit of fits) expect(fit).toBeGreaterThan(0.85);
  // Every pixel goes to one of them, but for the soft line between.
  const sum = matteOf(matte, labels!, 1).alpha.map((alpha, i) => alpha + matteOf(matte, labels!, 2).alpha[i]!);
  expect(sum.filter((alpha, i) => alpha !== matte.alpha[i]).length).toBeLessThan(3 * 140);
});

test('colours decide where dresses run into each other', async () => {
  const [left, right] = [dressed(90), dressed(140)];
  const { matte, said } = scene([left, right], [head(90), head(140)]);
  // The left one is in front.
  const photo = paint(width, height, (x, y) => (left(x, y) ? RED : right(x, y) ? [40, 40, 190] : GREEN));
  const labels = await labelDresses(photo, matte, said);
  const fits = [1, 2].map((number) => iou(overlap(halvesOf(matteOf(matte, labels!, number)), truth(left))));
  expect(Math.max(...fits)).toBeGreaterThan(0.97);
});

test('somebody without a dress beside does not share it', async () => {
  const man: Inside = (x, y) => y >= 46 && y < 150 && Math.abs(x - 150) <= 18;
  const { matte, said } = scene([dressed(100)], [head(100), head(150), man]);
  expect(await labelDresses(plain, matte, said)).toBeNull();
});

test('a dress in pieces, one below the other, is one', async () => {
  const belt: Inside = (x, y) => y >= 80 && y < 90 && Math.abs(x - 120) < 60;
  const pieces: Inside = (x, y) => dressed(120)(x, y) && !belt(x, y);
  const { matte, said } = scene([pieces], [head(120)]);
  expect(await labelDresses(plain, matte, said)).toBeNull();
});

test('two dresses that nobody wears are two', async () => {
  const { matte, said } = scene([dressed(60), dressed(170)], []);
  const labels = await labelDresses(plain, matte, said);
  expect(describeDresses(matte, labels, said, measure(matte, said))).toHaveLength(2);
});

test('heads are not looked for where the photo lies on its side', async () => {
  const { matte, said } = scene([dressed(90), dressed(140)], [head(90), head(140)]);
  expect(await labelDresses(plain, matte, { ...said, turned: 90 })).toBeNull();
});
