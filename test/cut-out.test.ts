import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { boundaryOverlap, halves, iou, overlap } from '../bench/scores';
import { createApp } from '../lib/app';
import { type CutOut, type CutOutResult, createCutOut } from '../lib/cut-out';
import { DresscutError } from '../lib/errors';
import { createFind } from '../lib/find';
import { STEPS } from '../lib/findings';
import { scoped } from '../lib/opencv';
import { type CutOutOptions, DEFAULTS } from '../lib/options';
import { VERDICT } from '../lib/pipeline/verdict';
import type { Segmenter } from '../lib/ports';
import type { Probabilities } from '../lib/raster';
import { configUnderTest } from './helpers/config-under-test';
import { refusal } from './helpers/pictures';
import { discPhoto, discProbabilities, discTruth, GREEN, paint, probabilitiesOf, RED } from './helpers/scenes';

jest.mock('../lib/opencv', () => {
  const real: typeof import('../lib/opencv') = jest.requireActual('../lib/opencv');
  return { ...real, scoped: jest.fn(real.scoped) };
});
/** The real one, watched. */
const opencv = jest.mocked(scoped);
beforeEach(() => opencv.mockClear());

const FIXTURES = join(__dirname, 'fixtures');
/** How well the shipped network cuts our own rendered photo; the matte of a network trained for an hour reached 0.96 and 0.86. */
const DRESS_IOU = 0.9;
const DRESS_BOUNDARY_IOU = 0.72;

const asking = (options: Partial<CutOutOptions> = {}): CutOutOptions => ({ ...DEFAULTS, ...options });

/** Alpha of an RGBA file, or the grey of a mask; one byte a pixel. */
async function lastChannel(bytes: Uint8Array) {
  const image = sharp(bytes);
  const { channels } = await image.metadata();
  const { data, info } = await image
    .extractChannel(channels === 4 ? 3 : 0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

describe('a photo of a person in a dress', () => {
  const real = createApp({ ...configUnderTest(), threads: 1 });
  let dress: Buffer;
  let whole: CutOutResult;
  beforeAll(async () => {
    dress = await readFile(join(FIXTURES, 'dress.jpg'));
    whole = await real.cutOut(dress, asking({ expect: 'dress' }));
  });

  it('is cut along the dress', async () => {
    const truth = halves((await lastChannel(await readFile(join(FIXTURES, 'dress-mask.png')))).data);
    const guess = halves(whole.matte!.alpha);
    expect(iou(overlap(guess, truth))).toBeGreaterThan(DRESS_IOU);
    expect(iou(boundaryOverlap(guess, truth, 1024, 1536))).toBeGreaterThan(DRESS_BOUNDARY_IOU);
  });

  it('comes with findings that say what was done and how sure it is', async () => {
    const { findings, matte } = whole;
    expect(['ok', 'review']).toContain(findings.verdict);
    expect(findings.photo).toEqual({ width: 1024, height: 1536, format: 'jpeg' });
    const { name, version } = await real.segmenter.load();
    expect(findings.model).toEqual({ name, version });
    expect(findings.box).toEqual(matte!.box);
    expect(findings.confidence).toBeGreaterThan(0.5);
    expect(findings.coverage).toBeGreaterThan(0.05);
    expect(findings.coverage).toBeLessThan(0.5);
    expect(findings.skinLeak).toBeLessThan(0.1);
  });

  it('tells the milliseconds of every step that ran, and of no other', async () => {
    const { milliseconds } = whole.findings;
    expect(Object.keys(milliseconds)).toEqual(['decode', 'segment', 'refine', 'measure', 'compose', 'encode']);
    for (const took of Object.values(milliseconds)) {
      expect(Number.isFinite(took)).toBe(true);
      expect(took).toBeGreaterThanOrEqual(0);
    }
    expect(milliseconds.segment).toBeGreaterThan(0);
  });

  it('goes out as a PNG of the photo’s size with the matte for its alpha', async () => {
    expect(whole.image).toMatchObject({ contentType: 'image/png', width: 1024, height: 1536 });
    const { data, width, height } = await lastChannel(whole.image!.bytes);
    expect([width, height]).toEqual([1024, 1536]);
    expect(Buffer.compare(data, whole.matte!.alpha)).toBe(0);
  });

  it('gives the same bytes for the same bytes', async () => {
    const again = await real.cutOut(Buffer.from(dress), asking({ expect: 'dress' }));
    expect(Buffer.compare(again.image!.bytes, whole.image!.bytes)).toBe(0);
    expect(Buffer.compare(again.matte!.alpha, whole.matte!.alpha)).toBe(0);
    const stable = (findings: CutOutResult['findings']) => ({ ...findings, milliseconds: null });
    expect(stable(again.findings)).toEqual(stable(whole.findings));
  });

  it('runs the article’s way: GrabCut first, the network second, no refinement', async () => {
    const { findings, matte, image } = await real.cutOut(dress, asking({ expect: 'dress', mode: 'article' }));
    expect(Object.keys(findings.milliseconds)).toEqual(STEPS.filter((step) => step !== 'describe'));
    expect(matte!.alpha.every((alpha) => alpha === 0 || alpha === 255)).toBe(true);
    expect(image).toMatchObject({ width: 1024, height: 1536 });
    const truth = halves((await lastChannel(await readFile(join(FIXTURES, 'dress-mask.png')))).data);
    expect(iou(overlap(halves(matte!.alpha), truth))).toBeGreaterThan(0.5);
  });
});

describe('a photo without a dress', () => {
  it('is answered with no_dress, without a picture', async () => {
    const { segmenter } = createApp({ ...configUnderTest(), threads: 1 });
    const bytes = await readFile(join(FIXTURES, 'no-dress.jpg'));
    const { findings, image, matte } = await createCutOut(createFind({ segmenter }))(bytes, asking());
    expect(findings).toMatchObject({ verdict: 'no_dress', box: null, coverage: 0, confidence: 0, skinLeak: 0 });
    expect(findings.presence).toBeLessThan(VERDICT.absent);
    expect(Object.keys(findings.milliseconds)).toEqual(['decode', 'segment', 'measure']);
    expect(image).toBeNull();
    expect(matte).toBeNull();
  });
});

describe('the use-case', () => {
  const [WIDTH, HEIGHT] = [300, 400];
  const photo = discPhoto(WIDTH, HEIGHT);
  let bytes: Buffer;
  beforeAll(async () => {
    bytes = await sharp(photo.rgb, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
      .png()
      .toBuffer();
  });

  /** A segmenter that says what it is told, at the size at which it was asked. */
  function telling(said: (width: number, height: number) => Probabilities): Segmenter {
    return {
      load: async () => ({ name: 'told', version: '1', sha256: '0'.repeat(64), engine: 'none' }),
      inputSize: async () => ({ width: 96, height: 128 }),
      contextSize: async () => null,
      segment: async (small) => said(small.width, small.height),
    };
  }
  const disc = discProbabilities(photo, { longest: 128 });
  const knowing = telling(() => disc);
  const cutOutOf = (segmenter: Segmenter): CutOut => createCutOut(createFind({ segmenter }));
  const cutOut = cutOutOf(knowing);

  it('shows the segmenter the photo at the size that it asked for', async () => {
    const seen: number[][] = [];
    const curious: Segmenter = {
      ...knowing,
      inputSize: async (width, height) => {
        seen.push([width, height]);
        return { width: 96, height: 128 };
      },
      segment: async (small) => {
        seen.push([small.width, small.height, small.rgb.length]);
        return disc;
      },
    };
    await cutOutOf(curious)(bytes, asking());
    expect(seen).toEqual([
      [WIDTH, HEIGHT],
      [96, 128, 3 * 96 * 128],
    ]);
  });

  it('shows the segmenter white around the figure in the article’s mode', async () => {
    let corner: number[] = [];
    const curious: Segmenter = {
      ...knowing,
      segment: async (small) => {
        corner = Array.from(small.rgb.subarray(0, 3));
        return disc;
      },
    };
    await cutOutOf(curious)(bytes, asking({ mode: 'article' }));
    expect(corner).toEqual([255, 255, 255]);
  });

  it('crops to the dress with its margin, in cut-out, mask and overlay alike', async () => {
    const { matte } = await cutOut(bytes, asking());
    const box = matte!.box!;
    const room = Math.round(0.1 * Math.max(box.width, box.height));
    for (const output of ['cutout', 'mask', 'overlay'] as const) {
      const { image, findings } = await cutOut(bytes, asking({ output, crop: true, margin: 0.1 }));
      expect([output, image!.width, image!.height]).toEqual([output, box.width + 2 * room, box.height + 2 * room]);
      expect(await sharp(image!.bytes).metadata()).toMatchObject({ width: image!.width, height: image!.height });
      expect(findings.box).toEqual(box); // in the photo, not in the crop
    }
  });

  it('gives each output its own kind of picture, at the photo’s size', async () => {
    const channels = { cutout: 4, mask: 1, overlay: 3 };
    for (const output of ['cutout', 'mask', 'overlay'] as const) {
      const { image } = await cutOut(bytes, asking({ output }));
      const metadata = await sharp(image!.bytes).metadata();
      expect([output, metadata.width, metadata.height, metadata.channels]).toEqual([
        output,
        WIDTH,
        HEIGHT,
        channels[output],
      ]);
    }
  });

  it('cuts what the segmenter saw, and the mask is the matte', async () => {
    const { image, matte } = await cutOut(bytes, asking({ output: 'mask' }));
    const { data } = await lastChannel(image!.bytes);
    expect(Buffer.compare(data, matte!.alpha)).toBe(0);
    expect(iou(overlap(halves(data), discTruth(WIDTH, HEIGHT)))).toBeGreaterThan(0.97);
  });

  it('does not compose a picture where only the mask is asked for', async () => {
    const { findings } = await cutOut(bytes, asking({ output: 'mask' }));
    expect(Object.keys(findings.milliseconds)).toEqual(['decode', 'segment', 'refine', 'measure', 'encode']);
  });

  it('puts the dress on a background, as a JPEG too', async () => {
    const white = { r: 255, g: 255, b: 255 };
    const { image } = await cutOut(bytes, asking({ format: 'jpeg', background: white }));
    expect(image).toMatchObject({ contentType: 'image/jpeg', width: WIDTH, height: HEIGHT });
    const corner = await sharp(image!.bytes).extract({ left: 0, top: 0, width: 1, height: 1 }).raw().toBuffer();
    expect(Math.min(...corner)).toBeGreaterThanOrEqual(250);
  });

  it('reduces the result to a size, and tells the box at the photo’s', async () => {
    const { image, findings, matte } = await cutOut(bytes, asking({ size: 100 }));
    expect([image!.width, image!.height]).toEqual([75, 100]);
    expect(findings.photo).toMatchObject({ width: WIDTH, height: HEIGHT });
    expect(findings.box).toEqual(matte!.box);
    expect([matte!.width, matte!.height]).toEqual([WIDTH, HEIGHT]);
  });

  it('lets presence decide whether there is a dress, unless the caller knows', async () => {
    const unsure = cutOutOf(telling(() => ({ ...disc, presence: VERDICT.absent - 0.01 })));
    expect((await unsure(bytes, asking())).findings.verdict).toBe('no_dress');
    expect((await unsure(bytes, asking({ expect: 'dress' }))).findings.verdict).toBe('ok');
    const sure = cutOutOf(telling(() => ({ ...disc, presence: VERDICT.absent })));
    expect((await sure(bytes, asking())).findings).toMatchObject({ verdict: 'review', reasons: ['presence'] });
    expect((await sure(bytes, asking({ presence: VERDICT.absent + 0.01 }))).findings.verdict).toBe('no_dress');
    expect((await unsure(bytes, asking({ presence: 0 }))).findings.verdict).toBe('review');
    expect((await sure(bytes, asking())).image).not.toBeNull();
  });

  it('says no_dress, with no picture, where a caller expects one and none is to be seen', async () => {
    const blind = telling((width, height) => probabilitiesOf(width, height, () => 0.2));
    const { findings, image, matte } = await cutOutOf(blind)(bytes, asking({ expect: 'dress' }));
    expect([findings.verdict, image, matte]).toEqual(['no_dress', null, null]);
  });

  it('gives one dress of several, whole and alone, and says how many there are', async () => {
    const [width, height] = [600, 400];
    const inside = (x: number, y: number, middle: number) => Math.hypot(x - middle, y - height / 2) < 100;
    const two = paint(width, height, (x, y) => (inside(x, y, 150) || inside(x, y, 430) ? RED : GREEN));
    const file = await sharp(two.rgb, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    const seeing = telling((w, h) =>
      probabilitiesOf(w, h, (x, y) => {
        const [left, top] = [((x + 0.5) * width) / w, ((y + 0.5) * height) / h];
        return inside(left, top, 150) || (inside(left, top, 430) && top < 280) ? 0.97 : 0.01;
      }),
    );
    const cut = cutOutOf({ ...seeing, inputSize: async () => ({ width: 192, height: 128 }) });
    const all = await cut(file, asking());
    expect(all.findings).toMatchObject({ verdict: 'review', reasons: ['several'], advice: ['alone'] });
    const [large, small] = all.findings.dresses;
    expect(all.findings.dresses).toHaveLength(2);
    expect(large!.coverage).toBeGreaterThan(small!.coverage);
    expect(large!.box.left + large!.box.width).toBeLessThan(small!.box.left);

    const second = await cut(file, asking({ which: 2, crop: true, margin: 0 }));
    expect([second.image!.width, second.image!.height]).toEqual([small!.box.width, small!.box.height]);
    const main = await cut(file, asking({ which: 'main', output: 'mask' }));
    const { data } = await lastChannel(main.image!.bytes);
    const aside = data.findIndex((alpha, i) => alpha > 0 && i % width > 300);
    expect(aside).toBe(-1);
    expect(await refusal(cut(file, asking({ which: 3 })))).toMatchObject({
      code: 'no-dress',
      message: 'The photo shows 2 dresses: there is no dress number 3.',
    });
  });

  it('refuses bytes that are no photo before it asks the segmenter', async () => {
    const segment = jest.fn(knowing.segment);
    const refused = await refusal(cutOutOf({ ...knowing, segment })(Buffer.from('not a photo'), asking()));
    expect(refused).toBeInstanceOf(DresscutError);
    expect(refused).toMatchObject({ code: 'unsupported-format', status: 415, final: true });
    expect(segment).not.toHaveBeenCalled();
  });

  it('passes on what the segmenter and OpenCV say of themselves', async () => {
    const absent = new DresscutError('model-unavailable', 'the network could not be loaded');
    const broken: Segmenter = { ...knowing, segment: () => Promise.reject(absent) };
    expect(await refusal(cutOutOf(broken)(bytes, asking()))).toBe(absent);

    const failed = new DresscutError('internal', 'OpenCV did not start');
    opencv.mockRejectedValueOnce(failed);
    expect(await refusal(cutOut(bytes, asking({ mode: 'article' })))).toBe(failed);
  });

  it('needs OpenCV for the article’s way alone', async () => {
    await cutOut(bytes, asking());
    expect(opencv).not.toHaveBeenCalled();
    await cutOut(bytes, asking({ mode: 'article' }));
    expect(opencv).toHaveBeenCalledTimes(1);
  });

  it('refuses a transparent JPEG in words', async () => {
    expect(await refusal(cutOut(bytes, asking({ format: 'jpeg' })))).toMatchObject({
      code: 'invalid-option',
      status: 400,
    });
  });

  it('answers photos that are cut at the same time as if each were alone', async () => {
    const alone = [await cutOut(bytes, asking()), await cutOut(bytes, asking({ mode: 'article' }))];
    const together = await Promise.all([cutOut(bytes, asking()), cutOut(bytes, asking({ mode: 'article' }))]);
    for (const [i, { image }] of together.entries()) {
      expect(Buffer.compare(image!.bytes, alone[i]!.image!.bytes)).toBe(0);
    }
  });
});
