import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';
import { overlap } from '../../bench/scores';
import { decode } from '../../lib/pipeline/decode';
import { resize } from '../../lib/pipeline/resize';
import type { Photo } from '../../lib/raster';
import { tfjsSegmenter } from '../../lib/segmenters/tfjs';
import { refusal } from '../helpers/pictures';
import { discPhoto } from '../helpers/scenes';

const ROOT = join(__dirname, '..', '..');
const MODELS = join(ROOT, 'models');
const FIXTURES = join(ROOT, 'test', 'fixtures');

/** `SEGMENTER=tfjs-node` runs parity and leaks on libtensorflow, for those who have installed it. */
const runtime = process.env.SEGMENTER === 'tfjs-node' ? 'native' : 'wasm';
const quiet = () => undefined;
const segmenter = tfjsSegmenter({ models: MODELS, runtime, log: quiet });

/** What must hold on every photo: of any probability and of presence, and of the pixels that are more dress than not. */
const APART = 2e-2;
const IOU = 0.98;

describe('beside the float network on ONNX Runtime', () => {
  let session: ort.InferenceSession;
  beforeAll(async () => {
    const { float } = JSON.parse(readFileSync(join(MODELS, 'model.json'), 'utf8')) as { float: { file: string } };
    session = await ort.InferenceSession.create(join(MODELS, float.file), { intraOpNumThreads: 1 });
  });

  /** What both say of a photo, at the size at which it is served. */
  async function compare(bytes: Uint8Array): Promise<{ apart: number; iou: number; dress: number }> {
    const { photo } = await decode(bytes);
    const size = await segmenter.inputSize(photo.width, photo.height);
    const small = await resize(photo, size.width, size.height);
    const input = new ort.Tensor('uint8', small.rgb, [1, small.height, small.width, 3]);
    const { probabilities, presence } = await session.run({ photo: input });
    const theirs = probabilities!.data as Float32Array;
    const ours = await segmenter.segment(small);
    const planes = [...ours.background, ...ours.skin, ...ours.dress];
    const worst = planes.reduce((most, p, i) => Math.max(most, Math.abs(p - theirs[i]!)), 0);
    const apart = Math.max(worst, Math.abs(ours.presence - (presence!.data as Float32Array)[0]!));
    const sure = (values: Float32Array) => Uint8Array.from(values, (p) => (p > 0.5 ? 1 : 0));
    const { intersection, union } = overlap(sure(ours.dress), sure(theirs.subarray(2 * ours.dress.length)));
    return { apart, iou: union === 0 ? 1 : intersection / union, dress: union };
  }

  /** The worst of ten photos, for the log. */
  async function compareAll(photos: readonly Uint8Array[]) {
    const found: { apart: number; iou: number; dress: number }[] = [];
    for (const photo of photos) found.push(await compare(photo));
    const apart = Math.max(...found.map((one) => one.apart));
    const iou = Math.min(...found.map((one) => one.iou));
    const { engine } = await segmenter.load();
    process.stdout.write(
      `${engine}: ${found.length} photos, at most ${apart.toFixed(4)} apart, IoU at least ${iou.toFixed(4)}\n`,
    );
    return { apart, iou, dress: found.map(({ dress }) => dress) };
  }

  test('the answers are the same on ten views of the shipped photos', async () => {
    const photos: Buffer[] = [];
    for (const name of ['dress.jpg', 'no-dress.jpg']) {
      const file = join(FIXTURES, name);
      const { width, height } = await sharp(file).metadata();
      const views = [
        sharp(file),
        sharp(file).flop().modulate({ brightness: 0.6 }),
        sharp(file).extract({ left: 0, top: 0, width, height: Math.round(height / 2) }),
        sharp(file).rotate(15, { background: 'white' }).modulate({ saturation: 1.8 }),
        sharp(file)
          .extract({ left: Math.round(width / 4), top: 0, width: Math.round(width / 4), height })
          .blur(4),
      ];
      for (const view of views) photos.push(await view.jpeg({ quality: 90 }).toBuffer());
    }
    const { apart, iou, dress } = await compareAll(photos);
    expect(apart).toBeLessThan(APART);
    expect(iou).toBeGreaterThanOrEqual(IOU);
    expect(Math.max(...dress)).toBeGreaterThan(1000); // pixels: there was something to agree on
  });

  /** The photos are not ours to ship: whoever has them beside the repository runs this, others are told. */
  const ccp = join(ROOT, '..', 'shared', 'data', 'ccp', 'photos');
  if (!existsSync(ccp))
    process.stdout.write('\n*** SKIPPED: parity on validation photos, no data at ../shared/data\n\n');
  (existsSync(ccp) ? test : test.skip)('the answers are the same on ten photos that training never saw', async () => {
    const split = join(ROOT, 'training', 'splits', 'ccp-validation.json');
    const { dress } = JSON.parse(await readFile(split, 'utf8')) as { dress: string[] };
    const files = dress
      .slice(0, 10)
      .map((id) => ['webp', 'jpg'].map((end) => join(ccp, `${id}.${end}`)).find(existsSync));
    const { apart, iou } = await compareAll(await Promise.all(files.map((file) => readFile(file!))));
    expect(apart).toBeLessThan(APART);
    expect(iou).toBeGreaterThanOrEqual(IOU);
  });
});

describe('memory', () => {
  test('a hundred photos, and runs that fail, leave as many tensors and bytes as there were', async () => {
    const { memory } = await import('@tensorflow/tfjs-core');
    await segmenter.load();
    const { numTensors, numDataBuffers, numBytes } = memory();
    expect(numTensors).toBeGreaterThan(100); // the weights
    const tiny: Photo = { kind: 'photo', width: 16, height: 16, rgb: new Uint8Array(3 * 16 * 16) };
    for (let i = 0; i < 100; i++) {
      await segmenter.segment(discPhoto(64 + 16 * (i % 3), 64 + 16 * (i % 5)));
      // Too small for the eight surest places that the presence head asks for, deep inside the graph.
      if (i % 25 === 0) await expect(segmenter.segment(tiny)).rejects.toThrow('topk');
    }
    expect(memory()).toMatchObject({ numTensors, numDataBuffers, numBytes });
  });

  test('a model whose graph cannot be read leaves none either', async () => {
    const { memory } = await import('@tensorflow/tfjs-core');
    await segmenter.load();
    const before = memory().numTensors;
    const folder = await mkdtemp(join(tmpdir(), 'dresscut-models-'));
    try {
      await cp(join(MODELS, 'dressnet-tfjs'), join(folder, 'dressnet-tfjs'), { recursive: true });
      const manifest = JSON.parse(await readFile(join(MODELS, 'model.json'), 'utf8')) as { tfjs: { file: string } };
      const at = join(folder, manifest.tfjs.file);
      const model = JSON.parse(await readFile(at, 'utf8')) as { modelTopology: { node: { op: string }[] } };
      model.modelTopology.node.at(-1)!.op = 'NoSuchOperation';
      const text = JSON.stringify(model);
      await writeFile(at, text);
      const shard = await readFile(join(folder, 'dressnet-tfjs', 'group1-shard1of1.bin'));
      const sha256 = createHash('sha256').update(text).update(shard).digest('hex');
      await writeFile(join(folder, 'model.json'), JSON.stringify({ ...manifest, tfjs: { ...manifest.tfjs, sha256 } }));
      const failed = await refusal(tfjsSegmenter({ models: folder, runtime, log: quiet }).load());
      expect(failed).toMatchObject({ code: 'model-unavailable' });
      expect(failed.message).toContain('NoSuchOperation');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    expect(memory().numTensors).toBe(before);
  });
});

describe('which TensorFlow it is', () => {
  const installed = existsSync(join(ROOT, 'node_modules', '@tensorflow', 'tfjs-node'));
  if (installed) process.stdout.write('\n*** SKIPPED: what is said where tfjs-node is missing: it is installed\n\n');
  const withoutNative = installed ? test.skip : test;

  withoutNative(
    'libtensorflow, asked for and missing, is refused with how to install it, and for which Node',
    async () => {
      const failed = await refusal(tfjsSegmenter({ models: MODELS, runtime: 'native', log: quiet }).load());
      expect(failed).toMatchObject({ code: 'model-unavailable', status: 503 });
      expect(failed.message).toContain('npm install --no-save --save-prod @tensorflow/tfjs-node@4.22.0');
      expect(failed.message).toMatch(/is not installed.*Node 20 to 22/);
    },
  );

  withoutNative('WebAssembly takes its place where either is welcome, and the log says so, once', async () => {
    const log = jest.fn();
    const either = tfjsSegmenter({ models: MODELS, runtime: 'any', log });
    const { engine, sha256 } = await either.load();
    await either.segment(discPhoto(64, 64));
    expect(engine).toMatch(/^@tensorflow\/tfjs-backend-wasm .* with SIMD$/);
    const instead = '@tensorflow/tfjs-node is not installed';
    expect(log.mock.calls).toEqual([[{ message: 'network loaded', engine, sha256, instead }]]);
  });

  test('one that is installed and does not run says why, and for which Node', async () => {
    await jest.isolateModulesAsync(async () => {
      // What tfjs-node's index throws where its addon was not built.
      jest.doMock(
        '@tensorflow/tfjs-node',
        () => {
          throw new Error('tfjs_binding.node can not be found');
        },
        { virtual: true },
      );
      const { tfjsSegmenter: broken } = await import('../../lib/segmenters/tfjs');
      const failed = await refusal(broken({ models: MODELS, runtime: 'native', log: quiet }).load());
      expect(failed.message).toContain(
        `does not run on Node ${process.versions.node}: tfjs_binding.node can not be found`,
      );
      expect(failed.message).toContain('npm install');
      jest.dontMock('@tensorflow/tfjs-node');
    });
  });

  test('a manifest without a TensorFlow.js model is refused with how to make one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dresscut-models-'));
    try {
      const { tfjs: _, ...rest } = JSON.parse(await readFile(join(MODELS, 'model.json'), 'utf8')) as { tfjs: object };
      await writeFile(join(folder, 'model.json'), JSON.stringify(rest));
      const failed = await refusal(tfjsSegmenter({ models: folder, runtime: 'wasm', log: quiet }).load());
      expect(failed.message).toMatch(/names no TensorFlow\.js model.*training\/tfjs\.py/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
