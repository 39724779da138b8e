import { refine } from '../../lib/pipeline/refine';
import { bytesOf, GREEN, grainy, paint, probabilitiesOf, RED } from '../helpers/scenes';

const [width, height] = [240, 180];
type Inside = (x: number, y: number) => boolean;

/** Somebody who stands on the ground: head, neck and legs, and a dress from the shoulders down. */
interface Somebody {
  readonly body: Inside;
  readonly dress: Inside;
}

const GROUND = 170;

/**
 * @param tall from the ground to the top of the head, pixels
 * @param hem where the dress ends, as a share of that from the top
 */
function somebody(middle: number, tall: number, hem: number): Somebody {
  const at =
    (top: number, bottom: number, half: number): Inside =>
    (x, y) =>
      y >= GROUND - tall * (1 - top) && y < GROUND - tall * (1 - bottom) && Math.abs(x - middle) <= half * tall;
  const [head, body] = [at(0, 0.13, 0.05), at(0.1, 1, 0.03)];
  return { body: (x, y) => head(x, y) || body(x, y), dress: at(0.18, hem, 0.09) };
}

/** Whether the second dress is cut, too. The first one is always there. */
async function second(first: Somebody, other: Somebody, bodies = true): Promise<boolean> {
  const any = (some: readonly Inside[]) => (x: number, y: number) => some.some((inside) => inside(x, y));
  const dressed = any([first.dress, other.dress]);
  const bare = any([first.body, other.body]);
  const said = probabilitiesOf(
    width,
    height,
    (x, y) => (dressed(x, y) ? 0.95 : 0.01),
    (x, y) => (bodies && bare(x, y) && !dressed(x, y) ? 0.95 : 0.01),
  );
  const photo = grainy(paint(width, height, (x, y) => (dressed(x, y) ? RED : GREEN)));
  const { alpha } = await refine(photo, said);
  const share = (inside: Inside) => {
    const where = bytesOf(width, height, (x, y) => (inside(x, y) ? 1 : 0));
    return alpha.filter((value, i) => where[i] === 1 && value > 127).length / where.filter(Boolean).length;
  };
  expect(share(first.dress)).toBeGreaterThan(0.9);
  return share(other.dress) > 0.9;
}

const LONG = somebody(60, 150, 0.95);

test('a short dress beside a long one is a dress, too, where who wears it is about as tall', async () => {
  expect(await second(LONG, somebody(170, 140, 0.45))).toBe(true);
  expect(await second(LONG, somebody(170, 120, 0.5))).toBe(true);
});

test('what an open coat shows of a dress is one, too', async () => {
  const slit = somebody(170, 140, 0.45);
  const coat: Inside = (x, y) => slit.dress(x, y) || slit.body(x, y);
  expect(await second(LONG, { body: coat, dress: (x, y) => slit.dress(x, y) && Math.abs(x - 170) <= 5 })).toBe(true);
});

test('a person of whom the network does not see the middle is still as tall', async () => {
  const whole = somebody(170, 140, 0.45);
  const unseen = (y: number) => y >= 94 && y < 120;
  const halves = { dress: whole.dress, body: (x: number, y: number) => whole.body(x, y) && !unseen(y) };
  expect(await second(LONG, halves)).toBe(true);
});

test('a passer-by, who is further away, is left out', async () => {
  expect(await second(LONG, somebody(170, 95, 0.75))).toBe(false);
});

test('people who touch are told apart by their heads', async () => {
  const beside = somebody(88, 140, 0.45);
  const hand: Inside = (x, y) => x >= 60 && x <= 88 && y >= 100 && y < 106;
  expect(await second({ ...LONG, body: (x, y) => LONG.body(x, y) || hand(x, y) }, beside)).toBe(true);
});

test('what lies beside a dress that nobody wears is no dress', async () => {
  expect(await second(LONG, somebody(170, 140, 0.45), false)).toBe(false);
});
