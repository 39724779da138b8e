import { DresscutError } from '../lib/errors';
import { loadOpenCv, type Mat, type OpenCv, type Own, scoped } from '../lib/opencv';
import { grabCutFromBox } from '../lib/pipeline/grab-cut-from-box';
import { refusal } from './helpers/pictures';
import { discPhoto } from './helpers/scenes';

const freed = (mat: Mat): boolean => (mat as unknown as { isDeleted(): boolean }).isDeleted();

/** Three Mats of different making, all owned. */
function threeMats(cv: OpenCv, own: Own): Mat[] {
  return [own(new cv.Mat()), own(new cv.Mat(4, 5, cv.CV_8UC3)), own(cv.Mat.zeros(4, 5, cv.CV_8UC1))];
}

/** Size of OpenCV's memory in bytes; it never shrinks. */
function heapBytes(): Promise<number> {
  return scoped((cv, own) => own(new cv.Mat(1, 1, cv.CV_8UC1)).data.buffer.byteLength);
}

describe('scoped', () => {
  test('gives back what the work returns and frees every Mat that it owned', async () => {
    const mats: Mat[] = [];
    const answer = await scoped((cv, own) => {
      mats.push(...threeMats(cv, own));
      expect(mats.map(freed)).toEqual([false, false, false]);
      return 42;
    });
    expect(answer).toBe(42);
    expect(mats.map(freed)).toEqual([true, true, true]);
  });

  test('frees every Mat when the work throws, and says what was thrown', async () => {
    const mats: Mat[] = [];
    const stranger = new RangeError('no such row');
    const thrown = await refusal(
      scoped((cv, own) => {
        mats.push(...threeMats(cv, own));
        throw stranger;
      }),
    );
    expect(mats.map(freed)).toEqual([true, true, true]);
    expect(thrown).toBeInstanceOf(DresscutError);
    expect(thrown).toMatchObject({ code: 'internal', cause: stranger });
    expect((thrown as DresscutError).message).toContain('no such row');
  });

  test('lets an error of our own through as it is', async () => {
    const ours = new DresscutError('too-small', 'The photo is small.');
    const thrown = await refusal(
      scoped(() => {
        throw ours;
      }),
    );
    expect(thrown).toBe(ours);
  });

  test("frees every Mat when OpenCV itself throws, and turns its number into OpenCV's own words", async () => {
    const mats: Mat[] = [];
    const thrown = (await refusal(
      scoped((cv, own) => {
        mats.push(...threeMats(cv, own));
        const grey = own(new cv.Mat(4, 5, cv.CV_8UC1));
        mats.push(grey);
        // GrabCut takes three channels and says so.
        cv.grabCut(grey, mats[2]!, new cv.Rect(0, 0, 5, 4), mats[0]!, own(new cv.Mat()), 1, cv.GC_INIT_WITH_RECT);
      }),
    )) as DresscutError;
    expect(mats.map(freed)).toEqual([true, true, true, true]);
    expect(thrown).toBeInstanceOf(DresscutError);
    expect(thrown.code).toBe('internal');
    expect(thrown.message).toMatch(/^OpenCV: .*image must have CV_8UC3 type/);
    expect(typeof thrown.cause).toBe('number');
  });

  test('never begins before another has ended', async () => {
    const told: string[] = [];
    const work = (name: string) => () => {
      told.push(`${name} begins`, `${name} ends`);
    };
    await Promise.all([scoped(work('one')), scoped(work('two'))]);
    expect(told).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
  });
});

describe('loadOpenCv', () => {
  test('loads once, however often and at once it is asked', async () => {
    const [first, second] = await Promise.all([loadOpenCv(), loadOpenCv()]);
    expect(first).toBe(second);
    expect(await loadOpenCv()).toBe(first);
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

/** Every Mat that OpenCV makes while `work` runs; the real OpenCV, whose constructor is watched. */
async function matsOf(work: () => Promise<unknown>): Promise<Mat[]> {
  const made: Mat[] = [];
  const note = (mat: Mat): Mat => {
    made.push(mat);
    return mat;
  };
  const { cv } = await loadOpenCv();
  const { Mat: Real } = cv;
  const Watched = new Proxy(Real, {
    construct: (_, sizes: [number, number, number]) => note(new Real(...sizes)),
    get: (_, name) =>
      name === 'zeros' ? (...sizes: [number, number, number]) => note(Real.zeros(...sizes)) : undefined,
  });
  Object.assign(cv, { Mat: Watched });
  await work().finally(() => Object.assign(cv, { Mat: Real }));
  return made;
}

describe('memory', () => {
  const photo = discPhoto(100, 120);
  const cut = () => grabCutFromBox(photo, { left: 9, top: 9, width: 80, height: 99 }, 1);

  test('holds no Mat after a cut', async () => {
    const made = await matsOf(cut);
    expect(made).toHaveLength(4);
    expect(made.filter((mat) => !freed(mat))).toEqual([]);
  });

  test('does not grow over 300 cuts', async () => {
    for (let i = 0; i < 20; i++) await cut();
    const [heap, rss] = [await heapBytes(), process.memoryUsage.rss()];
    for (let i = 0; i < 300; i++) await cut();
    // What nobody owns, such as OpenCV's own graph of the picture, would be 100 MB and more.
    expect((await heapBytes()) - heap).toBeLessThan(2_000_000);
    expect(process.memoryUsage.rss() - rss).toBeLessThan(120_000_000);
  }, 60_000);
});
