import { onWhite } from './pipeline/on-white';
import { boxInPhoto, dressBox } from './pipeline/region';
import { resize } from './pipeline/resize';
import { back, turnPhoto, turnProbabilities } from './pipeline/turn';
import type { Segmenter } from './ports';
import type { Box, Foreground, Photo, Probabilities, Size, Turn } from './raster';

/** When to look at a part of the photo once more. `training/EXPERIMENTS.md` has the figures. */
export const ZOOM = {
  /** Room around the dress, as a share of the longer side of its box: enough to see who wears it. */
  room: 0.25,
  /** Where the dress with its room is smaller than this, as a share of both sides of the photo, it is seen again. */
  below: 0.6,
} as const;

/**
 * What the network makes of a photo, in two views: the whole, and then
 *
 * - a closer one, where the dress fills little of the photo, because so few pixels of the first view were spent on it;
 *   what this view shows is then all that is known of the shape;
 * - otherwise one from further away, which only presence is told from. Whether somebody wears a dress is a question
 *   about the whole person, and the answer from afar is another one, as good as the first.
 *
 * Presence is the mean of both views' log-odds.
 *
 * @param foreground paints everything else white (article mode), where there is no closer view
 * @throws DresscutError `model-unavailable`
 */
export async function predict(
  photo: Photo,
  segmenter: Segmenter,
  foreground: Foreground | null,
): Promise<Probabilities> {
  const { width, height } = await segmenter.inputSize(photo.width, photo.height);
  const resized = await resize(photo, width, height);
  const whole = foreground === null ? resized : onWhite(resized, foreground);
  const { segment, first } = await upright(whole, segmenter);
  if (foreground === null) {
    const closer = await zoomIn(photo, segmenter, segment, first);
    if (closer !== null) return { ...closer, presence: between(first.presence, closer.presence), whole: first };
  }
  const size = await segmenter.contextSize(photo.width, photo.height);
  if (size === null) return first;
  const { presence } = await segment(await resize(whole, size.width, size.height));
  return { ...first, presence: between(first.presence, presence) };
}

/**
 * How probable it is that a part of a photo shows a dress, 0 to 1: as `predict` tells it of a whole one, from two views.
 *
 * @param turned how the photo lies
 * @throws DresscutError `model-unavailable`
 */
export async function presenceIn(photo: Photo, part: Box, segmenter: Segmenter, turned: Turn): Promise<number> {
  const segment = turned === 0 ? segmenter.segment : inTurn(segmenter, turned);
  const look = async ({ width, height }: Size) => (await segment(await resize(photo, width, height, part))).presence;
  const near = await look(await segmenter.inputSize(part.width, part.height));
  const context = await segmenter.contextSize(part.width, part.height);
  return context === null ? near : between(near, await look(context));
}

/**
 * The first view, and how to show the network another one of the same photo. Where the photo lies on its side or head,
 * the network sees it turned upright, and what it says is turned back: the answer stays in the photo's own frame. Only
 * where the network then agrees that it is upright; otherwise the photo is taken as it is.
 */
async function upright(
  whole: Photo,
  segmenter: Segmenter,
): Promise<{ segment: Segmenter['segment']; first: Probabilities }> {
  const first = await segmenter.segment(whole);
  if (first.turned === 0) return { segment: segmenter.segment, first };
  const segment = inTurn(segmenter, first.turned);
  const again = await segment(whole);
  const agreed = again.turned === first.turned;
  return agreed ? { segment, first: again } : { segment: segmenter.segment, first: { ...first, turned: 0 } };
}

/** Sees photos that are turned clockwise by `turn`. */
function inTurn(segmenter: Segmenter, turn: Turn): Segmenter['segment'] {
  return async (photo) => {
    const said = await segmenter.segment(turnPhoto(photo, back(turn)));
    return { ...turnProbabilities(said, turn), turned: ((turn + said.turned) % 360) as Turn };
  };
}

async function zoomIn(
  photo: Photo,
  segmenter: Segmenter,
  segment: Segmenter['segment'],
  first: Probabilities,
): Promise<Probabilities | null> {
  const within = zoomBox(photo, first);
  if (within === null) return null;
  const { width, height } = await segmenter.inputSize(within.width, within.height);
  const closer = await segment(await resize(photo, width, height, within));
  return dressBox(closer) === null ? null : { ...closer, turned: first.turned, within };
}

/** What to see closer; `null` where there is nothing to see, or no need. */
function zoomBox(photo: Photo, first: Probabilities): Box | null {
  const box = dressBox(first);
  if (box === null) return null;
  const part = boxInPhoto(box, ZOOM.room, photo, first);
  const small = part.width < ZOOM.below * photo.width && part.height < ZOOM.below * photo.height;
  return small ? part : null;
}

/** The probability in the middle between two, by their log-odds; neither alone makes certain. */
function between(a: number, b: number): number {
  const odds = Math.sqrt((likely(a) / (1 - likely(a))) * (likely(b) / (1 - likely(b))));
  return odds / (1 + odds);
}

/** Away from 0 and 1, whose odds are none. */
const likely = (p: number): number => Math.min(1 - 1e-6, Math.max(1e-6, p));
