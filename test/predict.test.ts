import fc from 'fast-check';
import { halves, iou, overlap } from '../bench/scores';
import { measure } from '../lib/pipeline/measure';
import { refine } from '../lib/pipeline/refine';
import { resize } from '../lib/pipeline/resize';
import { threshold } from '../lib/pipeline/threshold';
import { turnPhoto, turnProbabilities } from '../lib/pipeline/turn';
import type { Segmenter } from '../lib/ports';
import { predict, ZOOM } from '../lib/predict';
import type { Foreground, Matte, Photo, Probabilities } from '../lib/raster';
import { discPhoto, discTruth, GREEN, paint, probabilitiesOf, RED } from './helpers/scenes';

/** What a look showed, and how large. */
type Seen = Photo[];

/** A network that knows one thing: red is dress. Its first look is surer of a dress than its second. */
function redIsDress(seen: Seen, { context = true, presences = [0.9, 0.5] } = {}): Segmenter {
  const toFit = (longest: number) => async (width: number, height: number) => {
    const scale = longest / Math.max(width, height);
    return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  };
  return {
    load: async () => ({ name: 'red', version: '1', sha256: '0'.repeat(64), engine: 'none' }),
    inputSize: toFit(96),
    contextSize: context ? toFit(48) : async () => null,
    segment: async (small) => {
      seen.push(small);
      const red = (x: number, y: number) => small.rgb[3 * (y * small.width + x)]! / 255;
      const at = (x: number, y: number) => Math.min(0.99, Math.max(0.01, 0.5 + 4 * (red(x, y) - 0.5)));
      return probabilitiesOf(small.width, small.height, at, () => 0, presences[seen.length - 1]);
    },
  };
}

const sizes = (seen: Seen) => seen.map(({ width, height }) => [width, height]);
const spot = (width: number, height: number, side: number, left = 0, top = 0) =>
  paint(width, height, (x, y) => (x >= left && x < left + side && y >= top && y < top + side ? RED : GREEN));

describe('predict', () => {
  it('sees the whole photo and then, where the dress fills it, the same from further away', async () => {
    const seen: Seen = [];
    const found = await predict(discPhoto(200, 300, 0.45), redIsDress(seen), null);
    expect(sizes(seen)).toEqual([
      [64, 96],
      [32, 48],
    ]);
    expect([found.width, found.height, found.within]).toEqual([64, 96, undefined]);
  });

  it('tells presence from both looks: the mean of their log-odds', async () => {
    const presence = async (presences: number[]) => {
      const found = await predict(discPhoto(200, 300, 0.45), redIsDress([], { presences }), null);
      return found.presence;
    };
    // Odds of 9 and 1: the one in the middle is 3.
    expect(await presence([0.9, 0.5])).toBeCloseTo(0.75, 9);
    expect(await presence([0.2, 0.8])).toBeCloseTo(0.5, 9);
    expect(await presence([0.7, 0.7])).toBeCloseTo(0.7, 9);
    // One look that is beside itself does not make the other one's doubt certain, nor the answer no number.
    expect(await presence([1, 0])).toBeCloseTo(0.5, 9);
    expect(await presence([1, 1])).toBeCloseTo(1, 5);
  });

  it('looks once where the network knows no second look', async () => {
    const seen: Seen = [];
    const found = await predict(
      discPhoto(200, 300, 0.45),
      redIsDress(seen, { context: false, presences: [0.31] }),
      null,
    );
    expect(sizes(seen)).toEqual([[64, 96]]);
    expect(found.presence).toBe(0.31);
  });

  it('looks closer at a dress that fills little of the photo, and tells what it saw there', async () => {
    const seen: Seen = [];
    const found = await predict(spot(600, 900, 120, 300, 600), redIsDress(seen), null);
    const { within } = found;
    expect(seen).toHaveLength(2);
    // The spot with a quarter of its side around it, give or take a pixel of the first look, which is 9.4 of the photo's.
    expect(Math.abs(within!.left - 270)).toBeLessThan(14);
    expect(Math.abs(within!.top - 570)).toBeLessThan(14);
    expect(Math.abs(within!.width - 180)).toBeLessThan(28);
    expect([found.width, found.height]).toEqual([seen[1]!.width, seen[1]!.height]);
    // What the first look saw stays known: it alone has the whole person in it.
    expect([found.whole?.width, found.whole?.height, found.whole?.within]).toEqual([64, 96, undefined]);
    expect(found.dress.filter((p) => p > 0.5).length / found.dress.length).toBeCloseTo((120 / within!.width) ** 2, 1);
    expect(found.presence).toBeCloseTo(0.75, 9);
  });

  it('keeps to its first look where the closer one sees nothing', async () => {
    const seen: Seen = [];
    const red = redIsDress(seen);
    const blindAfterwards: Segmenter = {
      ...red,
      segment: async (small) => {
        const said = await red.segment(small);
        return seen.length === 2 ? { ...said, dress: said.dress.map((p) => p / 2) } : said;
      },
    };
    const found = await predict(spot(600, 900, 120, 300, 600), blindAfterwards, null);
    expect([found.within, found.width, found.height]).toEqual([undefined, 64, 96]);
    expect(sizes(seen)[2]).toEqual([32, 48]);
  });

  it('does not look closer in the article’s mode, whose whites are the whole photo’s', async () => {
    const seen: Seen = [];
    const foreground: Foreground = {
      kind: 'foreground',
      width: 2,
      height: 2,
      data: Uint8Array.of(1, 1, 1, 0),
    };
    const found = await predict(spot(600, 900, 120, 30, 60), redIsDress(seen), foreground);
    expect(found.within).toBeUndefined();
    expect(sizes(seen)).toEqual([
      [64, 96],
      [32, 48],
    ]);
    for (const { rgb } of seen) expect(Array.from(rgb.subarray(-3))).toEqual([255, 255, 255]);
  });

  it('stays inside the photo, whatever the photo and wherever the dress', async () => {
    const side = fc.integer({ min: 1, max: 400 });
    await fc.assert(
      fc.asyncProperty(side, side, side, fc.nat(), fc.nat(), async (width, height, size, x, y) => {
        const photo = spot(width, height, size, x % width, y % height);
        const { within } = await predict(photo, redIsDress([]), null);
        if (within === undefined) return;
        const { left, top } = within;
        expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
        expect(Math.min(within.width, within.height)).toBeGreaterThanOrEqual(1);
        expect(left + within.width).toBeLessThanOrEqual(width);
        expect(top + within.height).toBeLessThanOrEqual(height);
        expect(Math.max(within.width / width, within.height / height)).toBeLessThan(ZOOM.below);
      }),
    );
  });

  describe('at a photo that lies on its side or head', () => {
    /** Knows what is up by a blue corner, upper left in an upright photo; sees a dress only in an upright one. */
    function blueIsUpperLeft(seen: Seen, { stubborn = false } = {}): Segmenter {
      const red = redIsDress(seen, { context: false });
      return {
        ...red,
        segment: async (small) => {
          const { width, height, rgb } = small;
          const corners = [0, width - 1, width * height - 1, (height - 1) * width];
          const blue = corners.findIndex((i) => rgb[3 * i + 2]! > 200 && rgb[3 * i]! < 100);
          const turned = stubborn ? 90 : ([0, 90, 180, 270] as const)[Math.max(blue, 0)]!;
          const said = await red.segment(small);
          return turned === 0 ? { ...said, turned } : { ...said, dress: said.dress.map(() => 0), turned };
        },
      };
    }
    const upright = paint(300, 600, (x, y) => {
      if (x < 60 && y < 60) return [0, 0, 255];
      return x > 100 && x < 250 && y > 200 && y < 560 ? RED : GREEN;
    });
    const isDress = ({ dress }: Probabilities) => Array.from(dress, (p) => p > 0.5);

    it.each([0, 90, 180, 270] as const)('turned by %d degrees, answers in the photo’s own frame', async (turn) => {
      const seen: Seen = [];
      const photo = turnPhoto(upright, turn);
      const found = await predict(photo, blueIsUpperLeft(seen), null);
      expect(found.turned).toBe(turn);
      expect(seen).toHaveLength(turn === 0 ? 1 : 2);
      const truth = turnProbabilities(await redIsDress([]).segment(await resize(upright, 48, 96)), turn);
      expect([found.width, found.height]).toEqual([truth.width, truth.height]);
      const wrong = isDress(truth).filter((dress, i) => dress !== isDress(found)[i]).length;
      expect(wrong).toBeLessThan(0.02 * truth.dress.length);
    });

    it('looks closer in the frame that it found, too', async () => {
      const small = paint(600, 600, (x, y) => {
        if (x < 60 && y < 60) return [0, 0, 255];
        return x > 300 && x < 380 && y > 400 && y < 560 ? RED : GREEN;
      });
      const seen: Seen = [];
      const found = await predict(turnPhoto(small, 90), blueIsUpperLeft(seen), null);
      expect(found.turned).toBe(90);
      // Upright the dress is 80 x 160; turned by 90 it lies, and so does what was looked at.
      expect(found.within!.width).toBeGreaterThan(found.within!.height);
      expect(found.width).toBeGreaterThan(found.height);
      expect(seen.at(-1)!.height).toBeGreaterThan(seen.at(-1)!.width);
    });

    it('takes the photo as it is where the network does not agree with itself', async () => {
      const seen: Seen = [];
      const found = await predict(upright, blueIsUpperLeft(seen, { stubborn: true }), null);
      expect([found.turned, found.width, found.height]).toEqual([0, 48, 96]);
    });
  });

  describe('at a small dress', () => {
    const photo = discPhoto(1200, 1200, 0.1);
    const truth = discTruth(1200, 1200, 0.1);
    const wrong = (matte: Matte) => {
      const { intersection, union } = overlap(halves(matte.alpha), truth);
      return union - intersection;
    };
    let closer: Probabilities;
    beforeAll(async () => {
      closer = await predict(photo, redIsDress([]), null);
    });

    it('is wrong about fewer than half of the pixels that the first look was wrong about', async () => {
      const first: Seen = [];
      await predict(photo, redIsDress(first), null);
      const once = wrong(threshold(photo, await redIsDress([]).segment(first[0]!)));
      expect(once).toBeGreaterThan(500);
      expect(wrong(threshold(photo, closer))).toBeLessThan(once / 2);
    });

    it('is refined and measured in the photo, not in the part that was looked at', async () => {
      const matte = await refine(photo, closer);
      expect(iou(overlap(halves(matte.alpha), truth))).toBeGreaterThan(0.98);
      const { coverage, confidence } = measure(matte, closer);
      const { box } = matte;
      expect(coverage).toBeCloseTo(Math.PI * 0.1 ** 2, 3);
      expect(confidence).toBeGreaterThan(0.9);
      // The disc is 240 across, in the middle.
      for (const side of [box!.left, box!.top]) expect(Math.abs(side - 480)).toBeLessThan(4);
      for (const side of [box!.width, box!.height]) expect(Math.abs(side - 240)).toBeLessThan(8);
    });
  });
});
