import { DresscutError } from '../lib/errors';
import { loadOpenCv, type Mat, type OpenCv, type OpenCvBox, type Own, scoped } from '../lib/opencv';
import { cleanUp } from '../lib/pipeline/clean-up';
import {
  grabCutFromBox,
  grabCutFromTrimap,
  MAYBE_FOREGROUND,
  SURE_BACKGROUND,
  SURE_FOREGROUND,
} from '../lib/pipeline/grab-cut';
import { REFINE } from '../lib/pipeline/refine';
import { bytesOf, discPhoto, insideDisc } from './pipeline/scenes';

let box: OpenCvBox;
beforeAll(async () => {
  box = await loadOpenCv();
});

const freed = (mat: Mat): boolean => (mat as unknown as { isDeleted(): boolean }).isDeleted();

/** Three Mats of different making, all owned. */
function threeMats(cv: OpenCv, own: Own): Mat[] {
  return [own(new cv.Mat()), own(new cv.Mat(4, 5, cv.CV_8UC3)), own(cv.Mat.zeros(4, 5, cv.CV_8UC1))];
}

/** What a call threw; fails when it did not throw. */
function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('expected a throw, received a result');
}

/** Size of OpenCV's memory in bytes; it never shrinks. */
function heapBytes(): number {
  return scoped(box, (cv, own) => own(new cv.Mat(1, 1, cv.CV_8UC1)).data.buffer.byteLength);
}

describe('scoped', () => {
  test('gives back what the work returns and frees every Mat that it owned', () => {
    const mats: Mat[] = [];
    const answer = scoped(box, (cv, own) => {
      mats.push(...threeMats(cv, own));
      expect(mats.map(freed)).toEqual([false, false, false]);
      return 42;
    });
    expect(answer).toBe(42);
    expect(mats.map(freed)).toEqual([true, true, true]);
  });

  test('frees every Mat when the work throws, and says what was thrown', () => {
    const mats: Mat[] = [];
    const stranger = new RangeError('no such row');
    const thrown = thrownBy(() =>
      scoped(box, (cv, own) => {
        mats.push(...threeMats(cv, own));
        throw stranger;
      }),
    ) as DresscutError;
    expect(mats.map(freed)).toEqual([true, true, true]);
    expect(thrown).toBeInstanceOf(DresscutError);
    expect(thrown).toMatchObject({ code: 'internal', cause: stranger });
    expect(thrown.message).toContain('no such row');
  });

  test('lets an error of our own through as it is', () => {
    const ours = new DresscutError('too-small', 'The photo is small.');
    expect(
      thrownBy(() =>
        scoped(box, () => {
          throw ours;
        }),
      ),
    ).toBe(ours);
  });

  test("frees every Mat when OpenCV itself throws, and turns its number into OpenCV's own words", () => {
    const mats: Mat[] = [];
    const thrown = thrownBy(() =>
      scoped(box, (cv, own) => {
        mats.push(...threeMats(cv, own));
        const grey = own(new cv.Mat(4, 5, cv.CV_8UC1));
        mats.push(grey);
        // GrabCut takes three channels and says so.
        cv.grabCut(grey, mats[2]!, new cv.Rect(0, 0, 5, 4), mats[0]!, own(new cv.Mat()), 1, cv.GC_INIT_WITH_RECT);
      }),
    ) as DresscutError;
    expect(mats.map(freed)).toEqual([true, true, true, true]);
    expect(thrown).toBeInstanceOf(DresscutError);
    expect(thrown.code).toBe('internal');
    expect(thrown.message).toMatch(/^OpenCV: .*image must have CV_8UC3 type/);
    expect(typeof thrown.cause).toBe('number');
  });

  test('frees what an inner scope owned before the outer one goes on', () => {
    scoped(box, (cv, own) => {
      const outer = own(new cv.Mat(2, 2, cv.CV_8UC1));
      const inner = scoped({ cv }, (_, ownInner) => ownInner(new cv.Mat(2, 2, cv.CV_8UC1)));
      expect([freed(outer), freed(inner)]).toEqual([false, true]);
    });
  });
});

describe('loadOpenCv', () => {
  test('loads once, however often and at once it is asked', async () => {
    const [first, second] = await Promise.all([loadOpenCv(), loadOpenCv()]);
    expect(first).toBe(second);
    expect(first).toBe(box);
    expect(await loadOpenCv()).toBe(box);
  });

  test('forgets a failed load, so that the next call succeeds', async () => {
    await jest.isolateModulesAsync(async () => {
      const fake = { setRNGSeed: () => undefined };
      let starts = 0;
      jest.doMock('@techstark/opencv-js', () => {
        starts++;
        if (starts === 1) throw new Error('out of memory');
        return Promise.resolve(fake);
      });
      const fresh: typeof import('../lib/opencv') = require('../lib/opencv');
      await expect(fresh.loadOpenCv()).rejects.toMatchObject({
        code: 'internal',
        cause: { message: 'out of memory' },
      });
      expect((await fresh.loadOpenCv()).cv).toBe(fake);
      expect((await fresh.loadOpenCv()).cv).toBe(fake);
      expect(starts).toBe(2);
      jest.dontMock('@techstark/opencv-js');
    });
  });
});

/** OpenCV that notes every Mat it makes. */
function watched(): { opencv: OpenCvBox; made: Mat[] } {
  const made: Mat[] = [];
  const note = (mat: Mat): Mat => {
    made.push(mat);
    return mat;
  };
  const { Mat: Real } = box.cv;
  const Watched = new Proxy(Real, {
    construct: (_, sizes: [number, number, number]) => note(new Real(...sizes)),
    get: (_, name) =>
      name === 'zeros' ? (...sizes: [number, number, number]) => note(Real.zeros(...sizes)) : undefined,
  });
  const cv = new Proxy(box.cv, { get: (real, name) => (name === 'Mat' ? Watched : Reflect.get(real, name)) });
  return { opencv: { cv }, made };
}

describe('memory', () => {
  const [width, height] = [100, 120];
  const { rgb } = discPhoto(width, height);
  const inside = insideDisc(width, height, 0.3);
  const trimap = bytesOf(width, height, (x, y) => {
    const depth = inside(x, y);
    return depth > 0.03 ? SURE_FOREGROUND : depth < -0.03 ? SURE_BACKGROUND : MAYBE_FOREGROUND;
  });

  test.each<[string, number, (opencv: OpenCvBox) => unknown]>([
    ['a cut from a trimap', 4, (opencv) => grabCutFromTrimap(opencv, rgb, trimap, width, height, REFINE)],
    [
      'a cut from a rectangle',
      4,
      (opencv) => grabCutFromBox(opencv, rgb, width, height, { left: 9, top: 9, width: 80, height: 99 }, 1),
    ],
    [
      'a clean-up',
      8,
      (opencv) =>
        cleanUp(
          opencv,
          trimap.map((word) => word & 1),
          new Float32Array(trimap.length),
          width,
          height,
        ),
    ],
  ])('holds no Mat after %s', (_, count, work) => {
    const { opencv, made } = watched();
    work(opencv);
    expect(made).toHaveLength(count);
    expect(made.filter((mat) => !freed(mat))).toEqual([]);
  });

  test('does not grow over 300 cuts', () => {
    const cut = () => grabCutFromTrimap(box, rgb, trimap, width, height, REFINE);
    for (let i = 0; i < 20; i++) cut();
    const [heap, rss] = [heapBytes(), process.memoryUsage.rss()];
    for (let i = 0; i < 300; i++) cut();
    // What nobody owns, such as OpenCV's own graph of the picture, would be 100 MB and more.
    expect(heapBytes() - heap).toBeLessThan(2_000_000);
    expect(process.memoryUsage.rss() - rss).toBeLessThan(120_000_000);
  }, 60_000);
});
