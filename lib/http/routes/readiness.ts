import { DresscutError } from '../../errors';
import type { Find } from '../../find';
import { goldenPhoto } from '../golden-photo';

/** The dress covers a tenth of the golden photo; what is far from that is a broken network. */
const COVERAGE = { least: 0.04, most: 0.25 } as const;

/**
 * A check that the pipeline finds the dress in a photo whose answer is known. It runs once; a check that failed is
 * forgotten, and the next one tries again.
 *
 * @returns the model that answered, as `name/version`
 * @throws DresscutError `model-unavailable`, and what `find` throws
 */
export function createReadiness(find: Find): () => Promise<string> {
  let checking: Promise<string> | undefined;
  return () => {
    checking ??= check(find).catch((thrown: unknown) => {
      checking = undefined;
      throw thrown;
    });
    return checking;
  };
}

async function check(find: Find): Promise<string> {
  const { coverage, model } = (await find(goldenPhoto(), { mode: 'default', expect: 'dress' })).findings;
  if (coverage >= COVERAGE.least && coverage <= COVERAGE.most) return `${model.name}/${model.version}`;
  const message = `the golden photo's dress covers ${coverage}, expected ${COVERAGE.least} to ${COVERAGE.most}`;
  throw new DresscutError('model-unavailable', message);
}
