import { DresscutError } from './errors';
import type { Findings } from './findings';
import type { CutOutOptions } from './options';

/** The error of a road whose caller asked for a picture, for a photo that shows no dress. */
export function noDress({ presence, confidence }: Findings, { expect }: CutOutOptions): DresscutError {
  const sure = `the network gives it a probability of ${presence.toFixed(2)}`;
  const message =
    expect === 'dress'
      ? 'No dress could be found in the photo, although expect=dress says that there is one.'
      : `The photo shows no dress: ${sure}. If one is certainly worn, say expect=dress.`;
  return new DresscutError('no-dress', message, { facts: { verdict: 'no_dress', presence, confidence } });
}
