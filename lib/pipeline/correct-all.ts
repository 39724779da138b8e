import type { Photo, Probabilities } from '../raster';
import type { Stroke } from '../strokes';
import { growBox } from './box';
import { type CorrectSettings, correct, reachOf, SPREAD } from './correct';
import { type Draft, extendDraft } from './draft';
import { extendRegion } from './region';
import { boxOfStrokes } from './strokes';

/** So many of the last strokes can be taken back, or drawn otherwise, without all before them being done again. */
const REMEMBERED = 20;

/** A draft, and the strokes that made it out of the first. */
interface Step {
  /** As JSON. */
  readonly strokes: readonly string[];
  readonly draft: Draft;
}

/** Whoever draws sends all strokes again with each new one. */
const steps = new WeakMap<Draft, readonly Step[]>();

/**
 * The first cut, corrected by one stroke after the other: what a stroke did is what the next one starts from, so that
 * one more never undoes those before it.
 *
 * @param first without strokes
 */
export function correctAll(
  first: Draft,
  strokes: readonly Stroke[],
  { photo, probabilities }: { readonly photo: Photo; readonly probabilities: Probabilities },
  settings: CorrectSettings,
): Draft {
  const asked = strokes.map((stroke) => JSON.stringify(stroke));
  const isDone = (step: Step) => step.strokes.every((stroke, i) => stroke === asked[i]);
  const done = (steps.get(first) ?? []).filter(isDone);
  let draft = done.at(-1)?.draft ?? first;
  for (let count = done.at(-1)?.strokes.length ?? 0; count < strokes.length; count++) {
    const stroke = strokes[count]!;
    const extent = boxOfStrokes([stroke], photo);
    const room = Math.ceil((reachOf(stroke, draft) + SPREAD.margin) * draft.region.scale);
    const region = extendRegion(draft.region, growBox(extent, photo, room));
    draft = correct(extendDraft(draft, photo, probabilities, region), stroke, extent, settings);
    done.push({ strokes: asked.slice(0, count + 1), draft });
  }
  steps.set(first, done.slice(-REMEMBERED));
  return draft;
}
