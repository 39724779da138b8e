import type { CutOut } from '../../cut-out';
import type { Find, FindOptions } from '../../find';
import type { Findings } from '../../findings';
import type { ModelInfo, Segmenter } from '../../ports';
import { type CutoutAnswer, type CutoutChoice, createCutout } from './cutout';
import { createRemovebg, type RemovebgAnswer, type RemovebgChoice } from './removebg';

/**
 * @param photo a file; whoever asks keeps its hands off it from now on
 * @param asked what JSON can hold
 * @param signal aborted when nobody waits for the answer any more
 * @returns what JSON can hold, and bytes in `body`
 * @throws DresscutError with any code
 */
export type Job<Asked, Answer> = (photo: Uint8Array, asked: Asked, signal?: AbortSignal) => Promise<Answer>;

/**
 * Everything that HTTP asks of photos. Files go in and files come out, never pixels: so it may be done anywhere, in this
 * process as on Lambda, or in another one, so that this one hears its callers meanwhile.
 */
export interface Jobs {
  /** The network that answers; loads it where it is not loaded. @throws DresscutError `model-unavailable` */
  readonly load: () => Promise<ModelInfo>;
  readonly findings: Job<FindOptions, { readonly findings: Findings }>;
  readonly cutout: Job<CutoutChoice, CutoutAnswer>;
  readonly removebg: Job<RemovebgChoice, RemovebgAnswer>;
  /** How often that which does the jobs was started anew: what was known of the one before says nothing of this one. */
  readonly restarts: () => number;
}

export interface JobsDependencies {
  readonly find: Find;
  readonly cutOut: CutOut;
  readonly segmenter: Pick<Segmenter, 'load'>;
}

/** Does them right here. */
export function createJobs({ find, cutOut, segmenter }: JobsDependencies): Jobs {
  return {
    load: () => segmenter.load(),
    findings: async (photo, options) => ({ findings: (await find(photo, options)).findings }),
    cutout: createCutout({ find, cutOut }),
    removebg: createRemovebg(find),
    restarts: () => 0,
  };
}
