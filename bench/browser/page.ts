import type * as Ort from 'onnxruntime-node';
import { compose } from '../../lib/pipeline/compose';
import { refine } from '../../lib/pipeline/refine';
import type { Segmenter } from '../../lib/ports';
import { predict } from '../../lib/predict';
import type { Photo } from '../../lib/raster';
import { decodeInBrowser, encodeInBrowser } from './canvas';

/** What the page is asked, and what it answers: milliseconds. */
export interface Asked {
  readonly threads: number;
  readonly rounds: number;
}
export interface Measured {
  readonly network: number;
  readonly first: number;
  readonly warm: readonly (Readonly<Record<'decode' | 'network' | 'refine' | 'draw', number>> & { whole: number })[];
  /** Of the last cut, as base64, to be compared with what Node cuts. */
  readonly alpha: string;
}

interface Manifest {
  readonly file: string;
  readonly input: { readonly longest: number; readonly multiple: number; readonly glance?: number };
}

/** The pipeline of `lib/`, from its own modules, with the browser's codecs and onnxruntime-web in the place of Node's. */
async function measure({ threads, rounds }: Asked): Promise<Measured> {
  const [network, segmenter] = await timed(() => openNetwork(threads));
  const file = await (await fetch('photo.jpg')).blob();
  const cut = async () => {
    const [decode, photo] = await timed(() => decodeInBrowser(file));
    const [network, probabilities] = await timed(() => predict(photo, segmenter, null));
    const [refined, matte] = await timed(() => refine(photo, probabilities));
    const [draw] = await timed(() => {
      const box = matte.box ?? { left: 0, top: 0, width: 1, height: 1 };
      return encodeInBrowser(compose(photo, matte, box, null).rgba, box);
    });
    return { decode, network, refine: refined, draw, whole: decode + network + refined + draw, alpha: matte.alpha };
  };
  const first = await cut();
  let alpha = first.alpha;
  const warm: Measured['warm'][number][] = [];
  for (let round = 0; round < rounds; round++) {
    const { alpha: last, ...times } = await cut();
    alpha = last;
    warm.push(times);
  }
  return { network, first: first.whole, warm, alpha: base64(alpha) };
}

async function openNetwork(threads: number): Promise<Segmenter> {
  const ort = (await importFrom('./ort/ort.wasm.min.mjs')) as typeof Ort;
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  const manifest = (await (await fetch('models/model.json')).json()) as Manifest;
  const bytes = await (await fetch(`models/${manifest.file}`)).arrayBuffer();
  const session = await ort.InferenceSession.create(new Uint8Array(bytes));
  const { longest, multiple, glance } = manifest.input;
  const fitted = async (width: number, height: number, side: number) => {
    const sized = (pixels: number) =>
      Math.max(multiple, Math.round((pixels * side) / Math.max(width, height) / multiple) * multiple);
    return { width: sized(width), height: sized(height) };
  };
  return {
    load: () => Promise.reject(new Error('not asked')),
    inputSize: (width, height) => fitted(width, height, longest),
    contextSize: (width, height) => (glance === undefined ? Promise.resolve(null) : fitted(width, height, glance)),
    async segment({ width, height, rgb }: Photo) {
      const { probabilities, presence } = await session.run({
        photo: new ort.Tensor('uint8', rgb, [1, height, width, 3]),
      });
      const planes = probabilities?.data as Float32Array;
      const plane = (index: number) => planes.slice(index * width * height, (index + 1) * width * height);
      const kinds = { background: plane(0), skin: plane(1), dress: plane(2) };
      return { kind: 'probabilities', width, height, ...kinds, presence: Number(presence?.data[0]), turned: 0 };
    },
  };
}

/** Not followed by the bundler: the package lies beside the page, as it is. */
const importFrom = (address: string): Promise<unknown> => import(address);

async function timed<T>(work: () => Promise<T>): Promise<readonly [milliseconds: number, result: T]> {
  const start = performance.now();
  const result = await work();
  return [performance.now() - start, result];
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

Object.assign(globalThis, { measure });
