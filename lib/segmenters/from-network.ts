import { DresscutError, messageOf } from '../errors';
import { once } from '../once';
import type { Segmenter } from '../ports';
import type { Features, Photo, Turn } from '../raster';
import { type Manifest, readManifest } from './manifest';

/** What a network says of one photo. */
export interface Answer {
  /** Background, skin and dress one after the other, `3 * width * height` floats, 0 to 1. */
  planes: Float32Array;
  /** Calibrated, 0 to 1. */
  presence: number;
  /** Four probabilities: the photo is turned clockwise by 0, 90, 180, 270 degrees. Left out: it never is. */
  turned?: Float32Array | undefined;
  /** `[1, channels, height, width]` of its dimensions, and its values. Left out: it gives none. */
  features?: { readonly dims: readonly number[]; readonly data: Float32Array } | undefined;
}

/** The outputs of the graph that serving knows, by name; a network may lack the last two. */
export const OUTPUTS = ['probabilities', 'presence', 'turned', 'features'] as const;

/** A network that an engine has loaded. */
export interface Network {
  /** Lower-case hex of what was loaded. */
  readonly sha256: string;
  /** Which engine runs it, with its version. */
  readonly engine: string;
  /** @param small a photo whose sides are multiples of what the manifest says */
  run(small: Photo): Promise<Answer>;
  /** Give back its memory; left out: there is nothing to give back. */
  close?(): Promise<void>;
}

/**
 * What every engine has in common. The network is loaded once, at the first call; a load that failed is forgotten, so
 * that the next call tries again instead of finding a poisoned process.
 *
 * @param models folder of `model.json` and what it names
 * @param open loads the network that the manifest names; whatever it throws becomes `model-unavailable`
 */
export function fromNetwork(models: string, open: (manifest: Manifest) => Promise<Network>): Segmenter {
  const loadOnce = once(async () => {
    const manifest = await readManifest(models);
    return { manifest, network: await open(manifest).catch(unavailable) };
  });

  return {
    async load() {
      const { manifest, network } = await loadOnce();
      const { name, version } = manifest;
      return { name, version, sha256: network.sha256, engine: network.engine };
    },

    async inputSize(width, height) {
      const { longest, multiple } = (await loadOnce()).manifest.input;
      return fitted(width, height, longest, multiple);
    },

    async contextSize(width, height) {
      const { glance, multiple } = (await loadOnce()).manifest.input;
      return glance === undefined ? null : fitted(width, height, glance, multiple);
    },

    async close() {
      const { network } = await loadOnce();
      await network.close?.();
    },

    async segment(small) {
      const { network } = await loadOnce();
      const { planes, presence, turned, features } = await network.run(small);
      const { width, height } = small;
      const size = width * height;
      return {
        kind: 'probabilities',
        width,
        height,
        background: planes.subarray(0, size),
        skin: planes.subarray(size, 2 * size),
        dress: planes.subarray(2 * size, 3 * size),
        presence,
        turned: likeliest(turned),
        ...(features === undefined ? {} : { features: featuresOf(features) }),
      };
    },
  };
}

/** The likeliest of four turns; upright where two are alike, or nothing is said. */
function likeliest(turned: Float32Array | undefined): Turn {
  const turns = [0, 90, 180, 270] as const;
  if (turned === undefined) return 0;
  return turns[turned.indexOf(Math.max(...turned))] ?? 0;
}

function featuresOf({ dims, data }: NonNullable<Answer['features']>): Features {
  const [, channels = 0, height = 0, width = 0] = dims;
  return { kind: 'features', width, height, channels, data };
}

/** The size with proportions kept, the longest side near `longest`, both sides multiples of `multiple`. */
function fitted(width: number, height: number, longest: number, multiple: number) {
  const scale = longest / Math.max(width, height);
  const fit = (side: number) => Math.max(multiple, Math.round((side * scale) / multiple) * multiple);
  return { width: fit(width), height: fit(height) };
}

function unavailable(cause: unknown): never {
  const reason = messageOf(cause);
  throw new DresscutError('model-unavailable', `the network could not be loaded: ${reason}`, { cause });
}
