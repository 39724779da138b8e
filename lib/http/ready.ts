import type { CutOut } from '../cut-out';
import { DresscutError } from '../errors';
import { DEFAULTS } from '../options';
import { GOLDEN_PHOTO } from './golden-photo';

/** The dress covers a tenth of the golden photo; what is far from that is a broken network. */
const COVERAGE = { least: 0.04, most: 0.25 } as const;

/**
 * A check that the whole pipeline cuts a photo whose answer is known. It runs once; a check that failed is
 * forgotten, and the next one tries again.
 *
 * @returns the model that answered, as `name/version`
 * @throws DresscutError `model-unavailable`, and what `cutOut` throws
 */
export function createReadiness(cutOut: CutOut): () => Promise<string> {
  let checking: Promise<string> | undefined;
  return () => {
    checking ??= check(cutOut).catch((thrown: unknown) => {
      checking = undefined;
      throw thrown;
    });
    return checking;
  };
}

async function check(cutOut: CutOut): Promise<string> {
  const golden = Buffer.from(GOLDEN_PHOTO, 'base64');
  const { coverage, model } = (await cutOut(golden, { ...DEFAULTS, expect: 'dress' })).findings;
  if (coverage >= COVERAGE.least && coverage <= COVERAGE.most) return `${model.name}/${model.version}`;
  const message = `the golden photo's dress covers ${coverage}, expected ${COVERAGE.least} to ${COVERAGE.most}`;
  throw new DresscutError('model-unavailable', message);
}
