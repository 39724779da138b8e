import { halves, iou, overlap } from '../../bench/scores';
import { grabCutFromTrimap } from '../../lib/pipeline/grab-cut';
import { REFINE, refine } from '../../lib/pipeline/refine';
import { threshold } from '../../lib/pipeline/threshold';
import type { Matte } from '../../lib/raster';
import {
  discPhoto,
  discProbabilities,
  discTruth,
  GREEN,
  grainy,
  paint,
  plainBox,
  probabilitiesOf,
} from '../helpers/scenes';

jest.mock('../../lib/pipeline/grab-cut', () => {
  const real: typeof import('../../lib/pipeline/grab-cut') = jest.requireActual('../../lib/pipeline/grab-cut');
  return { ...real, grabCutFromTrimap: jest.fn(real.grabCutFromTrimap) };
});
/** The real one, watched. */
const grabCut = jest.mocked(grabCutFromTrimap);
beforeEach(() => grabCut.mockClear());

const iouOf = (matte: Matte, truth: Uint8Array): number => iou(overlap(halves(matte.alpha), truth));

describe('refine', () => {
  it.each([
    [160, 220],
    [900, 1200],
    [3000, 4000],
    [1400, 300],
  ])('cuts a disc out of a photo of %i x %i pixels', async (width, height) => {
    const photo = discPhoto(width, height);
    const matte = await refine(photo, discProbabilities(photo));
    expect([matte.kind, matte.width, matte.height, matte.alpha.length]).toEqual([
      'matte',
      width,
      height,
      width * height,
    ]);
    expect(iouOf(matte, discTruth(width, height))).toBeGreaterThan(0.97);
    // The box holds the disc and little more; in the largest photo a plain search would take too long.
    const radius = 0.3 * Math.min(width, height);
    const slack = 0.03 * Math.max(width, height);
    expect(Math.abs(matte.box!.left - (width / 2 - radius))).toBeLessThan(slack);
    expect(Math.abs(matte.box!.top - (height / 2 - radius))).toBeLessThan(slack);
    expect(Math.abs(matte.box!.width - 2 * radius)).toBeLessThan(2 * slack);
    expect(Math.abs(matte.box!.height - 2 * radius)).toBeLessThan(2 * slack);
  });

  it('finds the outline better than the network saw it', async () => {
    const photo = discPhoto(600, 800);
    const truth = discTruth(600, 800);
    const vague = discProbabilities(photo, { radius: 0.29, blur: 0.2, shiftX: 0.03, shiftY: -0.02 });
    const [before, after] = [threshold(photo, vague), await refine(photo, vague)];
    expect(iouOf(before, truth)).toBeLessThan(0.9);
    expect(iouOf(after, truth)).toBeGreaterThan(0.95);
  });

  it('gives the smallest box around its alpha, and the same bytes for the same bytes', async () => {
    const photo = discPhoto(240, 320);
    const probabilities = discProbabilities(photo);
    const [first, second] = [await refine(photo, probabilities), await refine(photo, probabilities)];
    expect(first.box).toEqual(plainBox(first.alpha, 240, 320));
    expect(Buffer.compare(first.alpha, second.alpha)).toBe(0);
  });

  it('is empty where no pixel is more dress than not, and looks no further', async () => {
    const photo = discPhoto(120, 160);
    const matte = await refine(
      photo,
      probabilitiesOf(48, 64, () => 0.5),
    );
    expect(matte.box).toBeNull();
    expect(matte.alpha).toHaveLength(120 * 160);
    expect(matte.alpha.every((alpha) => alpha === 0)).toBe(true);
    expect(grabCut).not.toHaveBeenCalled();
  });

  it('takes the whole photo where all of it is dress', async () => {
    const photo = grainy(paint(120, 160, () => GREEN));
    const matte = await refine(
      photo,
      probabilitiesOf(48, 64, () => 0.99),
    );
    expect(matte.box).toEqual({ left: 0, top: 0, width: 120, height: 160 });
    expect(matte.alpha.every((alpha) => alpha === 255)).toBe(true);
  });

  it('drops a speck that the network was sure of', async () => {
    const photo = discPhoto(300, 300);
    const probabilities = discProbabilities(photo, { longest: 300 });
    for (let y = 3; y < 6; y++) probabilities.dress.fill(0.98, 300 * y + 3, 300 * y + 6);
    const { box } = await refine(photo, probabilities);
    expect(box!.left).toBeGreaterThan(30);
    expect(box!.top).toBeGreaterThan(30);
  });

  it('cuts once for each stroke on a photo, with the same answer', async () => {
    const photo = discPhoto(300, 400);
    const probabilities = discProbabilities(photo);
    const strokes = [{ kind: 'drop', points: [[150, 200]], radius: 20 }] as const;
    const alone = await refine(photo, { ...probabilities }, strokes);
    expect(grabCut).toHaveBeenCalledTimes(2);
    await refine(photo, probabilities);
    grabCut.mockClear();
    expect(await refine(photo, probabilities, strokes)).toEqual(alone);
    expect(await refine(photo, probabilities, strokes)).toEqual(alone);
    expect(grabCut).toHaveBeenCalledTimes(1);
    await refine(photo, probabilities, [...strokes, { kind: 'drop', points: [[60, 200]], radius: 20 }]);
    expect(await refine(photo, probabilities, strokes)).toEqual(alone);
    expect(grabCut).toHaveBeenCalledTimes(2);
  });

  it('can leave GrabCut out', async () => {
    const photo = discPhoto(300, 400);
    const matte = await refine(photo, discProbabilities(photo), [], { ...REFINE, iterations: 0 });
    expect(iouOf(matte, discTruth(300, 400))).toBeGreaterThan(0.95);
  });
});
