import { dropForeignPieces } from '../../lib/pipeline/pieces';
import { refine } from '../../lib/pipeline/refine';
import type { Box, Mask, Photo } from '../../lib/raster';
import type { Rgb } from '../helpers/pictures';
import { bytesOf, grainy, paint, probabilitiesOf } from '../helpers/scenes';

const [WIDTH, HEIGHT] = [160, 240];
const BLUE: Rgb = [40, 70, 170];
const FLOOR: Rgb = [190, 150, 110];
const PURPLE: Rgb = [150, 60, 190];
/** A dress of 50 x 120 pixels. */
const DRESS: Box = { left: 50, top: 40, width: 50, height: 120 };

const within = ({ left, top, width, height }: Box, x: number, y: number) =>
  x >= left && x < left + width && y >= top && y < top + height;
const boxAt = (left: number, top: number, width: number, height: number): Box => ({ left, top, width, height });

const nobody = () => ({ width: WIDTH, height: HEIGHT, data: new Uint8Array(WIDTH * HEIGHT) });

/** A blue dress on a floor, and pieces of any colour beside it, all of them in the mask. */
function scene(...pieces: readonly (readonly [Box, Rgb])[]): { photo: Photo; mask: Mask } {
  const parts = [[DRESS, BLUE] as const, ...pieces];
  const at = (x: number, y: number) => parts.find(([box]) => within(box, x, y));
  return {
    photo: grainy(paint(WIDTH, HEIGHT, (x, y) => at(x, y)?.[1] ?? FLOOR)),
    mask: { width: WIDTH, height: HEIGHT, data: bytesOf(WIDTH, HEIGHT, (x, y) => (at(x, y) ? 1 : 0)) },
  };
}

async function dropped(piece: Box, colour: Rgb): Promise<boolean> {
  const { photo, mask } = scene([piece, colour]);
  const { data } = dropForeignPieces(mask, photo, nobody);
  const left = data.filter((value, i) => value === 1 && within(piece, i % WIDTH, Math.floor(i / WIDTH))).length;
  expect([0, piece.width * piece.height]).toContain(left);
  const dress = data.filter((value, i) => value === 1 && within(DRESS, i % WIDTH, Math.floor(i / WIDTH))).length;
  expect(dress).toBe(DRESS.width * DRESS.height);
  return left === 0;
}

describe('dropForeignPieces', () => {
  it.each<[string, Box]>([
    ['a corner of the floor', boxAt(0, 215, 60, 25)],
    ['the floor below a hanging dress', boxAt(60, 172, 30, 20)],
    ['a blob above', boxAt(60, 12, 20, 14)],
    ['a patch beside', boxAt(115, 80, 20, 40)],
  ])('drops %s, which has the background’s colour', async (_, piece) => {
    expect(await dropped(piece, FLOOR)).toBe(true);
  });

  it.each<[string, Box]>([
    ['a train', boxAt(60, 172, 30, 20)],
    ['a ruffle', boxAt(45, 170, 60, 8)],
    ['a sleeve beyond an arm', boxAt(115, 45, 16, 60)],
    ['a bow above', boxAt(60, 12, 20, 14)],
  ])('keeps %s, which has the dress’s', async (_, piece) => {
    expect(await dropped(piece, BLUE)).toBe(false);
  });

  it('keeps what a belt parts from the dress, whatever its colour', async () => {
    expect(await dropped(boxAt(50, 165, 50, 20), FLOOR)).toBe(false);
  });

  it('keeps a piece of a colour that neither has, but the dress rather', async () => {
    expect(await dropped(boxAt(55, 172, 40, 20), PURPLE)).toBe(false);
  });

  it('drops what is far away, though it has the dress’s colour', async () => {
    expect(await dropped(boxAt(60, 200, 30, 20), BLUE)).toBe(true);
  });

  it('keeps a second dress, wherever and of whatever colour', async () => {
    expect(await dropped(boxAt(115, 40, 40, 120), FLOOR)).toBe(false);
  });

  it('hands back the same mask where there is one piece, or none', async () => {
    const { photo, mask } = scene();
    expect(dropForeignPieces(mask, photo, nobody)).toBe(mask);
    const empty = { ...mask, data: new Uint8Array(WIDTH * HEIGHT) };
    expect(dropForeignPieces(empty, photo, nobody)).toBe(empty);
  });
});

describe('refine', () => {
  it('leaves out a corner of the floor that the network is sure of', async () => {
    const corner = boxAt(50, 200, 60, 40);
    const photo = grainy(paint(WIDTH, HEIGHT, (x, y) => (within(DRESS, x, y) ? BLUE : FLOOR)));
    const sure = (x: number, y: number) => within(DRESS, 2 * x, 2 * y) || within(corner, 2 * x, 2 * y);
    const seen = probabilitiesOf(WIDTH / 2, HEIGHT / 2, (x, y) => (sure(x, y) ? 0.97 : 0.01));
    const { box } = await refine(photo, seen);
    expect(box!.top + box!.height).toBeLessThan(corner.top);
  });
});
