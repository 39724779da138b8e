import fc from 'fast-check';
import { halves } from '../../bench/scores';
import { refine } from '../../lib/pipeline/refine';
import type { Matte, Photo, Probabilities } from '../../lib/raster';
import type { Stroke } from '../../lib/strokes';
import { grainy, paint, probabilitiesOf } from '../helpers/scenes';

const [WIDTH, HEIGHT] = [240, 320];
const CLOTH = [40, 70, 170] as const;
const SKIN = [214, 160, 130] as const;
const BAG = [150, 90, 30] as const;
const WALL = [205, 205, 200] as const;

/** A blue dress with a sleeve to the right, an arm below the sleeve, and a brown bag on the skirt. */
const DRESS = { left: 80, top: 60, right: 150, bottom: 280 };
const SLEEVE = { left: 150, top: 70, right: 200, bottom: 100 };
const ARM = { left: 150, top: 100, right: 200, bottom: 125 };
const ON_SKIRT = { left: 60, top: 190, right: 100, bottom: 240 };
type Part = typeof DRESS;

const within = ({ left, top, right, bottom }: Part, x: number, y: number) =>
  x >= left && x < right && y >= top && y < bottom;

const photo: Photo = grainy(
  paint(WIDTH, HEIGHT, (x, y) => {
    if (within(ON_SKIRT, x, y)) return [...BAG];
    if (within(DRESS, x, y) || within(SLEEVE, x, y)) return [...CLOTH];
    return within(ARM, x, y) ? [...SKIN] : [...WALL];
  }),
);

/** The network takes the bag for dress and is certain that the sleeve is none. */
const seen: Probabilities = probabilitiesOf(WIDTH / 2, HEIGHT / 2, (x, y) => {
  const at = [2 * x + 1, 2 * y + 1] as const;
  return within(DRESS, ...at) || within(ON_SKIRT, ...at) ? 0.97 : 0.01;
});

/** How much of a part of the photo is cut out, 0 to 1. */
function share({ alpha }: Matte, { left, top, right, bottom }: Part): number {
  let sum = 0;
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += alpha[y * WIDTH + x]!;
  return sum / (255 * (right - left) * (bottom - top));
}

/** So many pixels, or a tenth of a stroke's changes, may turn the other way in the soft edge of the rest. */
const EDGE = { pixels: 8, share: 0.1 };

const changes = (before: Matte, after: Matte): number =>
  halves(before.alpha).filter((was, i) => was !== Number(after.alpha[i]! > 127)).length;

const dot = (kind: Stroke['kind'], x: number, y: number): Stroke => ({ kind, points: [[x, y]], radius: 5 });

describe('strokes', () => {
  it('bring back the rest of a lost sleeve, not the arm beside it', async () => {
    const before = await refine(photo, seen);
    expect(share(before, SLEEVE)).toBeLessThan(0.1);
    const after = await refine(photo, seen, [dot('keep', 170, 85)]);
    expect(share(after, SLEEVE)).toBeGreaterThan(0.9);
    expect(share(after, ARM)).toBeLessThan(0.1);
    expect(share(after, DRESS)).toBeGreaterThan(0.95);
  });

  it('take away a bag by one dot, not the skirt behind it', async () => {
    const outside = { ...ON_SKIRT, right: DRESS.left };
    expect(share(await refine(photo, seen), outside)).toBeGreaterThan(0.9);
    const after = await refine(photo, seen, [dot('drop', 80, 215)]);
    expect(share(after, ON_SKIRT)).toBeLessThan(0.1);
    expect(share(after, { ...DRESS, left: 105 })).toBeGreaterThan(0.95);
  });

  it('count to the pixel, the last one first, and leave all that is far from them as it was', async () => {
    const box: Stroke = { kind: 'keep', box: { left: 10, top: 10, width: 20, height: 12 } };
    const strokes: Stroke[] = [box, { kind: 'drop', box: { left: 20, top: 10, width: 5, height: 12 } }];
    const [before, after] = [await refine(photo, seen), await refine(photo, seen, strokes)];
    expect(share(after, { left: 10, top: 10, right: 20, bottom: 22 })).toBe(1);
    expect(share(after, { left: 20, top: 10, right: 25, bottom: 22 })).toBe(0);
    expect(after.box?.left).toBeLessThanOrEqual(10);
    const far = { ...DRESS, top: 150 };
    expect(Math.abs(share(after, far) - share(before, far))).toBeLessThan(0.02);
  });

  it('begin a dress where the network saw none', async () => {
    const nothing = probabilitiesOf(WIDTH / 2, HEIGHT / 2, () => 0.01);
    const line: Stroke = {
      kind: 'keep',
      points: [
        [115, 80],
        [115, 260],
      ],
      radius: 8,
    };
    const after = await refine(photo, nothing, [line]);
    expect(share(after, { ...DRESS, left: 105 })).toBeGreaterThan(0.8);
    expect(share(after, { left: 0, top: 0, right: 60, bottom: HEIGHT })).toBeLessThan(0.02);
  });

  it('reach no farther along their own colour than their tip is fine', async () => {
    const by = (radius: number) => refine(photo, seen, [{ kind: 'keep', points: [[153, 85]], radius }]);
    const [fine, broad] = [await by(1), await by(8)];
    expect(share(broad, SLEEVE)).toBeGreaterThan(0.8);
    expect(share(fine, { ...SLEEVE, left: 170 })).toBeLessThan(0.05);
  });

  it('only add where they keep and only take away where they drop, one more never undoing those before', async () => {
    const place = fc.tuple(fc.integer({ min: 0, max: WIDTH - 1 }), fc.integer({ min: 0, max: HEIGHT - 1 }));
    const drawn = fc.record({
      kind: fc.constantFrom('keep' as const, 'drop' as const),
      points: fc.array(place, { minLength: 1, maxLength: 2 }),
      radius: fc.integer({ min: 1, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(drawn, { minLength: 1, maxLength: 4 }), async (strokes) => {
        const before = await refine(photo, seen, strokes.slice(0, -1));
        const after = await refine(photo, seen, strokes);
        const keeps = strokes.at(-1)?.kind === 'keep';
        // The soft edge of what changed reaches a few pixels into what did not, and is fitted to both.
        const against = halves(before.alpha).filter((was, i) => {
          const is = after.alpha[i]! > 127 ? 1 : 0;
          return keeps ? is < was : is > was;
        });
        expect(against.length).toBeLessThanOrEqual(Math.max(EDGE.pixels, EDGE.share * changes(before, after)));
      }),
      { numRuns: 25 },
    );
  });

  it('never fill again what an earlier one dropped nearer by', async () => {
    const drop = dot('drop', 80, 215);
    const around = { left: 72, top: 207, right: 88, bottom: 223 };
    expect(share(await refine(photo, seen, [drop]), ON_SKIRT)).toBeLessThan(0.1);
    const after = await refine(photo, seen, [drop, dot('keep', 94, 234)]);
    expect(share(after, { left: 91, top: 231, right: 97, bottom: 237 })).toBeGreaterThan(0.9);
    expect(share(after, around)).toBeLessThan(0.05);
  });

  it('give the same for a photo just seen, stroke by stroke, as for one never seen', async () => {
    const strokes = [dot('keep', 170, 85), dot('drop', 80, 215), dot('keep', 15, 300), dot('drop', 120, 120)];
    const known = { ...seen };
    for (let count = 0; count < strokes.length; count++) await refine(photo, known, strokes.slice(0, count));
    // One taken back and another in its place, too.
    await refine(photo, known, [...strokes.slice(0, 2), dot('drop', 180, 85)]);
    const [warm, cold] = [await refine(photo, known, strokes), await refine(photo, { ...seen }, strokes)];
    expect(Buffer.compare(warm.alpha, cold.alpha)).toBe(0);
  });

  it('give the same matte for the same strokes', async () => {
    const strokes = [dot('keep', 170, 85), dot('drop', 80, 215)];
    const [first, second] = [await refine(photo, seen, strokes), await refine(photo, seen, strokes)];
    expect(Buffer.compare(first.alpha, second.alpha)).toBe(0);
  });
});
