import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Segmenter } from '../../lib/ports';
import type { Photo } from '../../lib/raster';
import { onnxSegmenter } from '../../lib/segmenters/onnx';
import { startOnnxThread } from '../../lib/segmenters/onnx-thread';
import { tfjsSegmenter } from '../../lib/segmenters/tfjs';
import { refusal } from '../helpers/pictures';
import { discPhoto } from '../helpers/scenes';

const MODELS = join(__dirname, '..', '..', 'models');

interface Vectors {
  readonly presence: number;
  readonly probabilities: readonly number[];
  /** Of turns by 0, 90, 180 and 270 degrees. */
  readonly turned: readonly number[];
  readonly features: readonly number[];
}

interface Parity {
  readonly height: number;
  readonly width: number;
  readonly every: number;
  readonly int8: Vectors;
  readonly fp32: Vectors;
}

interface Named {
  readonly file: string;
  readonly sha256: string;
}

interface ManifestFile extends Named {
  readonly name: string;
  readonly version: string;
  readonly input: { readonly longest: number; readonly multiple: number; readonly glance: number };
  readonly tfjs: Named;
}

interface Engine {
  readonly segmenterIn: (models: string) => Segmenter;
  readonly engine: RegExp;
  /** The part of the manifest that names its network, and the same manifest with that part changed. */
  readonly named: (manifest: ManifestFile) => Named;
  readonly renamed: (manifest: ManifestFile, changed: Partial<Named>) => object;
  /** Files that are loaded beside the one that is named. */
  readonly beside: readonly string[];
  /** Whose answers in `parity.json` it gives, and how far it may be from them. */
  readonly vectors: 'int8' | 'fp32';
  readonly tolerance: number;
  /** How far from 1 the three probabilities may add up to. */
  readonly sum: number;
}

const ONNX: Engine = {
  segmenterIn: (models) => onnxSegmenter({ models, threads: 1 }),
  engine: /^onnxruntime-node \d+\.\d+/,
  named: (manifest) => manifest,
  renamed: (manifest, changed) => ({ ...manifest, ...changed }),
  beside: [],
  vectors: 'int8',
  tolerance: 0.03, // another CPU's integer arithmetic
  sum: 0.012, // in 8 bits for three classes: each may be off by half a level, 0.002, and its scale
};

const inThread = startOnnxThread();

const ENGINES: Record<string, Engine> = {
  onnx: ONNX,
  'onnx in a thread of its own': {
    ...ONNX,
    segmenterIn: (models) => onnxSegmenter({ models, threads: 1 }, inThread),
  },
  'tfjs-wasm': {
    segmenterIn: (models) => tfjsSegmenter({ models, runtime: 'wasm', log: () => undefined }),
    engine: /^@tensorflow\/tfjs-backend-wasm \d+\.\d+\.\d+ with SIMD$/,
    named: ({ tfjs }) => tfjs,
    renamed: (manifest, changed) => ({ ...manifest, tfjs: { ...manifest.tfjs, ...changed } }),
    beside: ['dressnet-tfjs/group1-shard1of1.bin'],
    vectors: 'fp32',
    tolerance: 0.02,
    sum: 1e-5,
  },
};

/** The picture that `parity.json` describes, the same as `pattern()` in `training/export.py`. */
function pattern({ width, height }: Parity): Photo {
  const rgb = new Uint8Array(3 * width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) for (let c = 0; c < 3; c++, i++) rgb[i] = 7 * x + 13 * y + 29 * c + ((x * y) >> 3);
  }
  return { kind: 'photo', width, height, rgb };
}

const readJson = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, 'utf8')) as T;

describe.each(Object.entries(ENGINES))('the shipped network on %s', (_, engine) => {
  let segmenter: Segmenter;
  let parity: Parity;
  beforeAll(async () => {
    segmenter = engine.segmenterIn(MODELS);
    parity = await readJson<Parity>(join(MODELS, 'parity.json'));
  });

  test('is the one that the manifest names', async () => {
    const manifest = await readJson<ManifestFile>(join(MODELS, 'model.json'));
    const { name, version } = manifest;
    const { sha256 } = engine.named(manifest);
    expect(await segmenter.load()).toEqual({ name, version, sha256, engine: expect.stringMatching(engine.engine) });
  });

  test('says here what it said where it was trained', async () => {
    const { background, skin, dress, presence } = await segmenter.segment(pattern(parity));
    const said = [...background, ...skin, ...dress].filter((_, i) => i % parity.every === 0);
    const vectors = parity[engine.vectors];
    expect(said).toHaveLength(vectors.probabilities.length);
    const apart = said.map((p, i) => Math.abs(p - vectors.probabilities[i]!));
    expect(Math.max(...apart)).toBeLessThan(engine.tolerance);
    expect(Math.abs(presence - vectors.presence)).toBeLessThan(engine.tolerance);
  });

  test('says there, too, how the photo lies and what its features are', async () => {
    const { turned, features } = await segmenter.segment(pattern(parity));
    const vectors = parity[engine.vectors];
    expect(turned).toBe(90 * vectors.turned.indexOf(Math.max(...vectors.turned)));
    const { width, height, channels, data } = features!;
    expect([width, height, channels]).toEqual([parity.width / 8, parity.height / 8, 32]);
    expect(data).toHaveLength(width * height * channels);
    const said = data.filter((_, i) => i % parity.every === 0);
    expect(said).toHaveLength(vectors.features.length);
    const size = Math.max(...vectors.features.map(Math.abs));
    const apart = Array.from(said, (value, i) => Math.abs(value - vectors.features[i]!));
    expect(Math.max(...apart)).toBeLessThan(0.1 * size);
  });

  test('gives three probabilities that add up to 1 at every pixel, and one presence', async () => {
    const { width, height, background, skin, dress, presence, kind } = await segmenter.segment(discPhoto(160, 240));
    expect([kind, width, height]).toEqual(['probabilities', 160, 240]);
    expect([background.length, skin.length, dress.length]).toEqual(Array(3).fill(160 * 240));
    const wrong = dress.findIndex((d, i) => {
      const [b, s] = [background[i]!, skin[i]!];
      return !(Math.abs(b + s + d - 1) < engine.sum && b >= 0 && s >= 0 && d >= 0);
    });
    expect(wrong).toBe(-1);
    expect(presence).toBeGreaterThanOrEqual(0);
    expect(presence).toBeLessThanOrEqual(1);
  });

  test('says the same of the same photo, and leaves the photo as it was', async () => {
    const photo = discPhoto(128, 192);
    const before = photo.rgb.slice();
    const first = await segmenter.segment(photo);
    await segmenter.segment(discPhoto(192, 128)); // something else between
    const second = await segmenter.segment(photo);
    expect(Buffer.compare(Buffer.from(first.dress.slice().buffer), Buffer.from(second.dress.slice().buffer))).toBe(0);
    expect(second.presence).toBe(first.presence);
    expect(Buffer.compare(photo.rgb, before)).toBe(0);
  });

  test('takes photos of any shape at whole multiples of 16, longest side 384, proportions kept', async () => {
    const side = fc.integer({ min: 64, max: 20_000 });
    await fc.assert(
      fc.asyncProperty(side, side, async (width, height) => {
        const input = await segmenter.inputSize(width, height);
        expect(Math.max(input.width, input.height)).toBe(384);
        expect([input.width % 16, input.height % 16]).toEqual([0, 0]);
        const scale = 384 / Math.max(width, height);
        for (const [is, was] of [
          [input.width, width],
          [input.height, height],
        ] as const) {
          if (was * scale >= 8) expect(Math.abs(is - was * scale)).toBeLessThanOrEqual(8);
          else expect(is).toBe(16);
        }
      }),
    );
    expect(await segmenter.inputSize(1024, 1536)).toEqual({ width: 256, height: 384 });
  });

  test('takes them once more at longest side 224, from further away', async () => {
    expect(await segmenter.contextSize(1024, 1536)).toEqual({ width: 144, height: 224 });
    expect(await segmenter.contextSize(4000, 20)).toEqual({ width: 224, height: 16 });
    const glanced = await segmenter.segment(discPhoto(144, 224));
    expect([glanced.width, glanced.height]).toEqual([144, 224]);
  });
});

describe.each(Object.entries(ENGINES))('a folder of models that is not in order, on %s', (_, engine) => {
  let folder: string;
  let manifest: ManifestFile;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dresscut-models-'));
    manifest = await readJson<ManifestFile>(join(MODELS, 'model.json'));
    await mend();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = (changed: object) => writeFile(join(folder, 'model.json'), JSON.stringify(changed));
  const mend = async () => {
    const files = ['model.json', engine.named(manifest).file, ...engine.beside];
    for (const file of files) await cp(join(MODELS, file), join(folder, file), { force: true });
  };
  const network = () => join(folder, engine.named(manifest).file);
  const photo = discPhoto(64, 64);

  test.each<[string, RegExp, () => Promise<void>]>([
    ['the network is another than the manifest says', /sha256/, () => writeFile(network(), 'other')],
    ['the network is missing', /could not be loaded.*ENOENT/, () => rm(network())],
    ['the manifest is missing', /model\.json could not be read/, () => rm(join(folder, 'model.json'))],
    [
      'the manifest is no JSON',
      /model\.json could not be read/,
      () => writeFile(join(folder, 'model.json'), '{"name":'),
    ],
    ['the manifest has another checksum', /sha256/, () => write(engine.renamed(manifest, { sha256: '0'.repeat(64) }))],
    ['the manifest is of another schema', /schema/, () => write({ ...manifest, schema: 2 })],
    ['the manifest names no version', /version/, () => write({ ...manifest, version: '' })],
    [
      'the classes stand in another order',
      /classes/,
      () => write({ ...manifest, classes: ['dress', 'skin', 'background'] }),
    ],
    [
      'the network lies in another folder',
      /plain file name/,
      () => write(engine.renamed(manifest, { file: '../network' })),
    ],
  ])('is refused where %s, and works once it is mended', async (_what, words, breakIt) => {
    await breakIt();
    const segmenter = engine.segmenterIn(folder);
    for (const failed of [await refusal(segmenter.load()), await refusal(segmenter.segment(photo))]) {
      expect(failed).toMatchObject({ name: 'DresscutError', code: 'model-unavailable', status: 503, final: false });
      expect(failed.message).toMatch(words);
    }
    await mend();
    expect((await segmenter.load()).sha256).toBe(engine.named(manifest).sha256);
    expect((await segmenter.segment(photo)).dress).toHaveLength(64 * 64);
  });

  test('is refused where the network is no network, checksum and all', async () => {
    const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'; // of no bytes at all
    for (const file of [network(), ...engine.beside.map((name) => join(folder, name))]) await writeFile(file, '');
    await write(engine.renamed(manifest, { sha256 }));
    const segmenter = engine.segmenterIn(folder);
    expect(await refusal(segmenter.segment(photo))).toMatchObject({ code: 'model-unavailable' });
  });

  test('may know of no second look', async () => {
    const { glance: _, ...input } = manifest.input;
    await write({ ...manifest, input });
    expect(await engine.segmenterIn(folder).contextSize(1024, 1536)).toBeNull();
  });

  test('is read only once when it is in order', async () => {
    const segmenter = engine.segmenterIn(folder);
    await segmenter.load();
    await rm(folder, { recursive: true });
    expect((await segmenter.load()).sha256).toBe(engine.named(manifest).sha256);
    expect((await segmenter.segment(photo)).width).toBe(64);
    expect(await segmenter.inputSize(64, 64)).toEqual({ width: 384, height: 384 });
  });
});
