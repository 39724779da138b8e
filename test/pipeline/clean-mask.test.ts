import { cleanMask } from '../../lib/pipeline/clean-mask';
import type { Box } from '../../lib/raster';
import { bytesOf, floatsOf } from '../helpers/scenes';

const [WIDTH, HEIGHT] = [100, 160];
/** A dress of 24 x 80 pixels in the middle. */
const DRESS: Box = { left: 40, top: 40, width: 24, height: 80 };

const within =
  ({ left, top, width, height }: Box) =>
  (x: number, y: number) =>
    x >= left && x < left + width && y >= top && y < top + height;

/** Boxes of ones, minus boxes of zeros. */
function maskOf(ones: readonly Box[], zeros: readonly Box[] = []): Uint8Array {
  const [full, empty] = [ones.map(within), zeros.map(within)];
  return bytesOf(WIDTH, HEIGHT, (x, y) =>
    full.some((inside) => inside(x, y)) && !empty.some((inside) => inside(x, y)) ? 1 : 0,
  );
}

const nowhere = new Float32Array(WIDTH * HEIGHT);
const plane = <Data>(data: Data) => ({ width: WIDTH, height: HEIGHT, data });
const nobody = () => plane(new Uint8Array(WIDTH * HEIGHT));
const clean = (mask: Uint8Array, dress: Float32Array = nowhere) => cleanMask(plane(mask), plane(dress), nobody).data;
const box = (left: number, top: number, width: number, height: number): Box => ({ left, top, width, height });

describe('cleanMask', () => {
  it.each<[string, Box]>([
    ['beside the dress', box(80, 60, 3, 3)],
    ['right above the dress', box(50, 30, 3, 3)],
    ['in a corner of the picture', box(0, 0, 2, 2)],
  ])('drops a speck %s', (_, speck) => {
    expect(clean(maskOf([DRESS, speck]))).toEqual(maskOf([DRESS]));
  });

  it.each<[string, Box]>([
    ['above, as a belt leaves it', box(44, 20, 16, 16)],
    ['below, as a bag leaves it', box(42, 126, 8, 20)],
    ['a little aside, as a hem leaves it', box(60, 126, 10, 10)],
  ])('keeps a piece of the dress %s', (_, piece) => {
    expect(clean(maskOf([DRESS, piece]))).toEqual(maskOf([DRESS, piece]));
  });

  it('drops a passer-by beside, but keeps a second dress', () => {
    const passerBy = box(5, 60, 12, 40); // a quarter of the dress
    const second = box(5, 50, 18, 70); // two thirds
    expect(clean(maskOf([DRESS, passerBy]))).toEqual(maskOf([DRESS]));
    expect(clean(maskOf([DRESS, second]))).toEqual(maskOf([DRESS, second]));
  });

  it('fills pinholes, whatever the network sees in them', () => {
    expect(clean(maskOf([DRESS], [box(50, 60, 1, 3), box(45, 100, 2, 1)]))).toEqual(maskOf([DRESS]));
  });

  it('fills a larger hole only where the network sees dress in it', () => {
    const hole = box(48, 70, 8, 10);
    const inHole = within(hole);
    const holed = maskOf([DRESS], [hole]);
    const seeing = (p: number) => floatsOf(WIDTH, HEIGHT, (x, y) => (inHole(x, y) ? p : 1 - p));
    expect(clean(holed, seeing(0.2))).toEqual(holed); // the crook of an arm
    expect(clean(holed, seeing(0.8))).toEqual(maskOf([DRESS])); // a pattern
  });

  it('does not take the background for a hole, nor a bay at the edge of the picture', () => {
    const wide = box(0, 40, 100, 60);
    const bay = box(0, 60, 4, 3);
    const all = new Float32Array(WIDTH * HEIGHT).fill(0.9);
    expect(clean(maskOf([wide], [bay]), all)).toEqual(maskOf([wide], [bay]));
  });

  it('counts pieces that touch by a corner as one, and holes that touch by a corner as two', () => {
    const step = box(64, 120, 3, 3); // touches the dress's lower right corner
    expect(clean(maskOf([DRESS, step]))).toEqual(maskOf([DRESS, step]));
    const holes = [box(48, 60, 1, 3), box(49, 63, 1, 3)]; // 3 pixels each: filled, together they would stay
    expect(clean(maskOf([DRESS], holes))).toEqual(maskOf([DRESS]));
  });

  it('leaves an empty and a full mask as they are, and its input unchanged', () => {
    const empty = new Uint8Array(WIDTH * HEIGHT);
    const full = new Uint8Array(WIDTH * HEIGHT).fill(1);
    expect(clean(empty)).toEqual(new Uint8Array(WIDTH * HEIGHT));
    expect(clean(full)).toEqual(new Uint8Array(WIDTH * HEIGHT).fill(1));
    const speckled = maskOf([DRESS, box(80, 60, 3, 3)]);
    const before = speckled.slice();
    clean(speckled);
    expect(speckled).toEqual(before);
  });

  it('bears a mask that is nothing but specks', () => {
    const chess = bytesOf(WIDTH, HEIGHT, (x, y) => (x % 2 === 0 && y % 2 === 0 ? 1 : 0));
    expect(clean(chess)).toEqual(chess); // each is as large as the largest
  });
});
