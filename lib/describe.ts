import { type Choosable, chosenMatte } from './chosen-matte';
import type { Description } from './description';
import { noDress } from './findings';
import type { CutOutOptions } from './options';
import { wholeOf } from './pipeline/box';
import { clusters } from './pipeline/description/clusters';
import { colourNumbers } from './pipeline/description/colour-numbers';
import { namedColours } from './pipeline/description/colours';
import { dressPixels } from './pipeline/description/dress-pixels';
import { type EmbeddingInputs, embeddingOf, RECIPE } from './pipeline/description/embedding';
import { lengthOf } from './pipeline/description/length';
import { patternOf } from './pipeline/description/pattern';
import { personOf } from './pipeline/description/person';
import { pooledFeatures } from './pipeline/description/pooled-features';
import { back, turnBox, turnMatte, turnPhoto, turnProbabilities } from './pipeline/turn';
import type { Photo, Probabilities } from './raster';

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
  const { matte, whole, pixels, features } = await lookAt(found, which);
  const vector = embeddingOf({ features, colours: colourNumbers(pixels) });
  return {
    colours: namedColours(clusters(pixels)),
    pattern: patternOf(pixels),
    length: lengthOf(matte, personOf(whole, matte)),
    embedding: { version: versionOf(found.findings.model), vector },
  };
}

/**
 * The numbers of which an embedding is made, for whoever fits it to dresses.
 * @throws DresscutError as `describe` does
 */
export async function embeddingInputs(found: Describable): Promise<EmbeddingInputs> {
  const { pixels, features } = await lookAt(found, 'main');
  return { features, colours: colourNumbers(pixels) };
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

/** One dress of a photo, shoulders above feet, as it is worn. */
async function lookAt(found: Describable, which: CutOutOptions['which']) {
  if (found.matte === null) throw noDress(found.findings, 'auto', NONE);
  const chosen = chosenMatte(found, which === 'all' ? 'main' : which);
  const { turned, within = wholeOf(found.photo) } = found.probabilities;
  const turn = back(turned);
  const lies = turn !== 0;
  const matte = lies ? turnMatte(chosen, turn) : chosen;
  if (matte.box === null) throw noDress(found.findings, 'auto', NONE);
  const photo = lies ? turnPhoto(found.photo, turn) : found.photo;
  const seen = lies ? turnProbabilities(found.probabilities, turn) : found.probabilities;
  const { whole = seen } = seen;
  const pixels = await dressPixels(photo, matte, matte.box);
  const features =
    seen.features === undefined ? null : pooledFeatures(seen.features, matte, turnBox(within, found.photo, turn));
  return { matte, whole: lies && whole !== seen ? turnProbabilities(whole, turn) : whole, pixels, features };
}
