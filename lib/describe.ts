import { type Choosable, chosenMatte } from './chosen-matte';
import type { Description } from './description';
import { noDress } from './findings';
import type { CutOutOptions } from './options';
import { clusters } from './pipeline/description/clusters';
import { namedColours } from './pipeline/description/colours';
import { dressPixels } from './pipeline/description/dress-pixels';
import { embeddingOf, RECIPE } from './pipeline/description/embedding';
import { lengthOf } from './pipeline/description/length';
import { patternOf } from './pipeline/description/pattern';
import { personOf } from './pipeline/description/person';
import { back, turnMatte, turnPhoto, turnProbabilities } from './pipeline/turn';
import type { Matte, Photo, Probabilities } from './raster';

/** What a description is made from. */
export interface Describable extends Choosable {
  readonly photo: Photo;
  readonly probabilities: Probabilities;
}

/**
 * What a dress that was found looks like, from its own pixels and what the network has said: it does not run again.
 *
 * @param which of several dresses; a description is of one, so that `all` is the largest
 * @throws DresscutError `no-dress` where there is no matte, or no dress of this number
 */
export async function describe(found: Describable, which: CutOutOptions['which'] = 'main'): Promise<Description> {
  if (found.matte === null) throw noDress(found.findings, 'auto', NONE);
  const { photo, matte, whole } = upright(found, chosenMatte(found, which === 'all' ? 'main' : which));
  if (matte.box === null) throw noDress(found.findings, 'auto', NONE);
  const pixels = await dressPixels(photo, matte, matte.box);
  return {
    colours: namedColours(clusters(pixels)),
    pattern: patternOf(pixels),
    length: lengthOf(matte, personOf(whole, matte)),
    embedding: { version: versionOf(found.findings.model), vector: embeddingOf(pixels) },
  };
}

/**
 * The version of every embedding that a network's mattes give. As an index of Amazon S3 Vectors is named after it, it has
 * lower-case letters, digits, dots and hyphens, at most 30.
 */
export function versionOf({ name, version }: { readonly name: string; readonly version: string }): string {
  const model = `${name}-${version}`.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-');
  return `${model.replace(/^[^a-z0-9]+/, '').slice(0, 27)}-${RECIPE}`;
}

const NONE = 'There is no dress to describe: the verdict is no_dress.';

/** Shoulders above feet, as the dress is worn. */
function upright({ photo, probabilities }: Describable, matte: Matte) {
  const whole = probabilities.whole ?? probabilities;
  const turn = back(probabilities.turned);
  if (turn === 0) return { photo, matte, whole };
  return { photo: turnPhoto(photo, turn), matte: turnMatte(matte, turn), whole: turnProbabilities(whole, turn) };
}
