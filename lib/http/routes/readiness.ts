import { setTimeout as sleep } from 'node:timers/promises';
import { DresscutError } from '../../errors';
import { goldenPhoto } from '../golden-photo';
import type { Jobs } from '../jobs/jobs';
import type { LimitConcurrency } from '../middleware/limit-concurrency';

/** The dress covers a tenth of the golden photo; what is far from that is a broken network. */
const COVERAGE = { least: 0.04, most: 0.25 } as const;

/** A call that has not got a place by then would be late. */
const PLACE_SECONDS = 10;
const POLL_MILLISECONDS = 50;

export interface ReadinessDependencies {
  readonly jobs: Jobs;
  readonly inTurn: LimitConcurrency;
  /** Whether the largest call would be let in now. */
  readonly hasRoom: () => boolean;
}

/**
 * Whether the next call will be answered. The pipeline finds the dress in a photo whose answer is known: that is
 * checked once, and again after it failed or what cuts was started anew. Each time, a place for one more call must come free, from the door to the
 * network: a process whose places are never given back is not ready, however healthy it is.
 *
 * @returns the model that answered, as `name/version`
 * @throws DresscutError `busy`, `model-unavailable`, and what `find` throws
 */
export function createReadiness({ jobs, inTurn, hasRoom }: ReadinessDependencies): () => Promise<string> {
  let checked: { readonly restarts: number; readonly model: Promise<string> } | undefined;
  return async () => {
    const over = AbortSignal.timeout(1000 * PLACE_SECONDS);
    while (!hasRoom()) {
      if (over.aborted) throw new DresscutError('busy', `No place came free in ${PLACE_SECONDS} s.`);
      await sleep(POLL_MILLISECONDS);
    }
    return inTurn(over, async () => {
      await jobs.load();
      const restarts = jobs.restarts();
      if (checked?.restarts !== restarts) checked = { restarts, model: check(jobs) };
      return checked.model.catch((thrown: unknown) => {
        checked = undefined;
        throw thrown;
      });
    });
  };
}

async function check(jobs: Jobs): Promise<string> {
  const { findings } = await jobs.findings(goldenPhoto(), { mode: 'default', expect: 'dress' });
  const { coverage, model } = findings;
  if (coverage >= COVERAGE.least && coverage <= COVERAGE.most) return `${model.name}/${model.version}`;
  const message = `the golden photo's dress covers ${coverage}, expected ${COVERAGE.least} to ${COVERAGE.most}`;
  throw new DresscutError('model-unavailable', message);
}
