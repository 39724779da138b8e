import { headsOf } from '../../lib/pipeline/heads';
import { bytesOf } from '../helpers/scenes';

const [width, height] = [200, 200];
/** Somebody of 160 pixels: a head 20 wide and 24 high, a neck, shoulders 50 wide and everything below. */
const somebody =
  (middle: number, top = 20) =>
  (x: number, y: number) => {
    const aside = Math.abs(x - middle);
    if (y >= top && y < top + 24) return aside <= 10;
    if (y < top + 30) return y >= top && aside <= 5;
    return y < 180 && aside <= 25;
  };
const group = (...people: ((x: number, y: number) => boolean)[]) => ({
  width,
  height,
  data: bytesOf(width, height, (x, y) => (people.some((one) => one(x, y)) ? 1 : 0)),
});

test('one person has one head, whose columns are told', () => {
  expect(headsOf(group(somebody(100)))).toEqual([{ left: 90, right: 110 }]);
});

test('people side by side have a head each, also where shoulders overlap or one is smaller', () => {
  expect(headsOf(group(somebody(60), somebody(110)))).toHaveLength(2);
  expect(headsOf(group(somebody(60), somebody(100)))).toHaveLength(2);
  expect(headsOf(group(somebody(50), somebody(100, 40), somebody(150)))).toHaveLength(3);
});

test('a raised hand is no head', () => {
  const arm = (x: number, y: number) => y >= 10 && y < 80 && x >= 122 && x <= 127;
  expect(headsOf(group(somebody(100), arm))).toHaveLength(1);
});

test('where nobody is, there is no head', () => {
  expect(headsOf(group())).toEqual([]);
});
