import { type Dresses, dropUnworn } from '../lib/drop-unworn';
import { labelDresses } from '../lib/pipeline/dresses';
import { back, turnPhoto, turnProbabilities } from '../lib/pipeline/turn';
import type { Segmenter } from '../lib/ports';
import type { Matte, Photo, Probabilities, Turn } from '../lib/raster';
import type { Stroke } from '../lib/strokes';
import { matteOf as drawMatte, GREEN, paint, probabilitiesOf, RED } from './helpers/scenes';

const [width, height] = [240, 160];
const BLUE = [40, 60, 200] as const;

/** Somebody who stands at a column: a head, a neck, and clothes that the network takes for a dress. */
interface Somebody {
  readonly middle: number;
  readonly wide: number;
  readonly colour: typeof RED | typeof BLUE;
}
const clothes = ({ middle, wide }: Somebody, x: number, y: number) =>
  y >= 46 && y < 140 && Math.abs(x - middle) <= 16 + ((wide - 16) * (y - 46)) / 94;
const head = ({ middle }: Somebody, x: number, y: number) =>
  (y >= 20 && y < 40 && Math.abs(x - middle) <= 8) || (y >= 36 && y < 48 && Math.abs(x - middle) <= 3);

interface Scene {
  readonly photo: Photo;
  readonly matte: Matte;
  readonly probabilities: Probabilities;
}

function scene(people: readonly Somebody[], heads = true): Scene {
  const dressed = (x: number, y: number) => people.some((one) => clothes(one, x, y));
  const bare = (x: number, y: number) => heads && !dressed(x, y) && people.some((one) => head(one, x, y));
  return {
    photo: paint(width, height, (x, y) => people.find((one) => clothes(one, x, y))?.colour ?? GREEN),
    matte: drawMatte(width, height, (x, y) => (dressed(x, y) ? 255 : 0)),
    probabilities: probabilitiesOf(
      width,
      height,
      (x, y) => (dressed(x, y) ? 0.95 : 0.01),
      (x, y) => (bare(x, y) ? 0.95 : 0.01),
    ),
  };
}

/** A network that is sure of red clothes, and that blue ones are no dress; every view it is shown is written down. */
function redIsWorn(views: Photo[] = []): Segmenter {
  const toFit = (longest: number) => async (wide: number, high: number) => ({
    width: Math.max(1, Math.round((longest * wide) / Math.max(wide, high))),
    height: Math.max(1, Math.round((longest * high) / Math.max(wide, high))),
  });
  return {
    load: async () => ({ name: 'red', version: '1', sha256: '0'.repeat(64), engine: 'none' }),
    inputSize: toFit(96),
    contextSize: toFit(48),
    segment: async (view) => {
      views.push(view);
      const count = ([r, g, b]: readonly number[]) =>
        view.rgb.filter((_, i) => i % 3 === 0 && view.rgb[i] === r && view.rgb[i + 1] === g && view.rgb[i + 2] === b)
          .length;
      const presence = count(RED) > count(BLUE) ? 0.9 : 0.02 + count(BLUE) / 1e6;
      return probabilitiesOf(
        view.width,
        view.height,
        () => 0,
        () => 0,
        presence,
      );
    },
  };
}

async function worn(
  { photo, matte, probabilities }: Scene,
  { line = 0.1, strokes = [], views = [] }: { line?: number; strokes?: readonly Stroke[]; views?: Photo[] } = {},
): Promise<Dresses> {
  const labels = await labelDresses(photo, matte, probabilities);
  if (labels === null) throw new Error('the scene shows one dress');
  return dropUnworn(matte, labels, { photo, probabilities, segmenter: redIsWorn(views) }, line, strokes);
}
/** Whether there is dress in the middle of somebody. */
const isCut = ({ matte }: Dresses, { middle }: Somebody) => matte.alpha[90 * width + middle] === 255;

const inDress: Somebody = { middle: 60, wide: 24, colour: RED };
const inCoat: Somebody = { middle: 170, wide: 46, colour: BLUE };

test('whoever wears no dress beside somebody in one is dropped, also where those clothes are larger', async () => {
  const views: Photo[] = [];
  const some = await worn(scene([inDress, inCoat]), { views });
  expect([isCut(some, inDress), isCut(some, inCoat)]).toEqual([true, false]);
  expect(some.labels).toBeNull();
  expect(some.matte.box).toMatchObject({ left: expect.any(Number), width: expect.any(Number) });
  expect(some.matte.box!.left + some.matte.box!.width).toBeLessThan(120);
  // Two views of each, and none of them shows the other one.
  expect(views).toHaveLength(4);
});

test('people who touch are parted along their clothes', async () => {
  const near: Somebody = { middle: 108, wide: 24, colour: RED };
  const beside: Somebody = { middle: 150, wide: 24, colour: BLUE };
  const some = await worn(scene([near, beside]));
  expect([isCut(some, near), isCut(some, beside)]).toEqual([true, false]);
});

test('of three the two in dresses stay, and are counted anew', async () => {
  const third: Somebody = { middle: 110, wide: 20, colour: RED };
  const some = await worn(scene([{ ...inDress, middle: 40 }, inCoat, third]));
  const seen = new Set(some.labels!.data.filter((_, i) => some.matte.alpha[i] === 255));
  expect([...seen].sort()).toEqual([1, 2]);
  expect([isCut(some, third), isCut(some, inCoat)]).toEqual([true, false]);
});

test('the line is the caller’s: from 0 up everybody stays, and nobody is looked at', async () => {
  const views: Photo[] = [];
  const all = await worn(scene([inDress, inCoat]), { line: 0, views });
  expect([isCut(all, inDress), isCut(all, inCoat), views.length]).toEqual([true, true, 0]);
  const low = await worn(scene([inDress, inCoat]), { line: 0.01 });
  expect(isCut(low, inCoat)).toBe(true);
});

test('where nobody reaches the line, whoever comes nearest stays', async () => {
  const large = { ...inCoat, middle: 180 };
  const small: Somebody = { middle: 60, wide: 20, colour: BLUE };
  const some = await worn(scene([large, small]));
  expect([isCut(some, large), isCut(some, small)].filter(Boolean)).toHaveLength(1);
});

test('of garments on a table those that are no dress are dropped', async () => {
  const some = await worn(scene([inDress, { ...inCoat, wide: 30 }], false));
  expect([isCut(some, inDress), isCut(some, inCoat)]).toEqual([true, false]);
});

test('what is cut where the network sees nobody stays, unseen', async () => {
  const views: Photo[] = [];
  const both = scene([inDress, { ...inCoat, wide: 30 }]);
  const nothing = new Float32Array(width * height);
  const probabilities = { ...both.probabilities, skin: nothing, dress: nothing, background: nothing.map(() => 1) };
  const some = await worn({ ...both, probabilities }, { views });
  expect([isCut(some, inDress), isCut(some, inCoat), views.length]).toEqual([true, true, 0]);
});

test('whoever comes nearest stays also beside what is cut where the network sees nobody', async () => {
  const unsure: Somebody = { middle: 60, wide: 24, colour: BLUE };
  const { photo, matte, probabilities } = scene([unsure, { ...inCoat, wide: 30 }]);
  const seen = (plane: Float32Array) => plane.map((p, i) => (i % width < 115 ? p : 0));
  const some = await worn({
    photo,
    matte,
    probabilities: { ...probabilities, skin: seen(probabilities.skin), dress: seen(probabilities.dress) },
  });
  expect([isCut(some, unsure), isCut(some, inCoat)]).toEqual([true, true]);
});

test('a broad stroke along the edge of a dress leaves out whoever stands behind that edge', async () => {
  const near: Somebody = { middle: 108, wide: 24, colour: RED };
  const beside: Somebody = { middle: 150, wide: 24, colour: BLUE };
  const edge: Stroke = { kind: 'keep', points: [[124, 120]], radius: 9 };
  const some = await worn(scene([near, beside]), { strokes: [edge] });
  expect([isCut(some, near), isCut(some, beside)]).toEqual([true, false]);
  expect(some.matte.alpha[120 * width + 131]).toBe(255);
});

test('a stroke that a later one takes back keeps nobody', async () => {
  const keep: Stroke = { kind: 'keep', points: [[inCoat.middle, 100]], radius: 4 };
  const back: Stroke = { ...keep, kind: 'drop', radius: 6 };
  const some = await worn(scene([inDress, inCoat]), { strokes: [keep, back] });
  expect([isCut(some, inDress), isCut(some, inCoat)]).toEqual([true, false]);
});

test('a stroke that keeps somebody’s clothes keeps them, and the people are not looked at again', async () => {
  const both = scene([inDress, inCoat]);
  const views: Photo[] = [];
  expect(isCut(await worn(both, { views }), inCoat)).toBe(false);
  const asked = views.length;
  const keep: Stroke = { kind: 'keep', points: [[inCoat.middle, 100]], radius: 4 };
  const drop: Stroke = { kind: 'drop', points: [[inDress.middle, 20]], radius: 4 };
  expect(isCut(await worn(both, { strokes: [keep], views }), inCoat)).toBe(true);
  expect(isCut(await worn(both, { strokes: [drop], views }), inCoat)).toBe(false);
  expect(views).toHaveLength(asked);
});

test('in a photo on its side people are looked at upright', async () => {
  const both = scene([inDress, inCoat]);
  const turn: Turn = 90;
  const lying = turnPhoto(both.photo, turn);
  const said: Probabilities = { ...turnProbabilities(both.probabilities, turn), turned: turn };
  const alpha = turnPhoto(greyOf(both.matte), turn);
  const views: Photo[] = [];
  const matte = drawMatte(height, width, (x, y) => alpha.rgb[3 * (y * height + x)]!);
  const some = await worn({ photo: lying, matte, probabilities: said }, { views });
  expect(views.every((view) => view.height >= view.width)).toBe(true);
  const upright = turnPhoto(greyOf(some.matte), back(turn));
  expect([inDress, inCoat].map(({ middle }) => upright.rgb[3 * (90 * width + middle)])).toEqual([255, 0]);
});
const greyOf = ({ width, height, alpha }: Matte): Photo =>
  paint(width, height, (x, y) => [alpha[y * width + x]!, alpha[y * width + x]!, alpha[y * width + x]!]);
