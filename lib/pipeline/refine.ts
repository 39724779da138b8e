import type { Matte, Photo, Plane, Probabilities } from '../raster';
import type { Stroke } from '../strokes';
import { type AlphaSettings, alphaMatte } from './alpha-matte';
import { cleanMask } from './clean-mask';
import { companionsOf } from './companions';
import { correctAll } from './correct-all';
import type { Draft } from './draft';
import {
  type CutSettings,
  grabCutFromTrimap,
  MAYBE_BACKGROUND,
  MAYBE_FOREGROUND,
  SURE_BACKGROUND,
  SURE_FOREGROUND,
} from './grab-cut';
import { mapPlane } from './map-plane';
import { dropForeignPieces } from './pieces';
import { type Region, regionOf, samplePhoto, samplePlane } from './region';
import { drawStrokes, stampStrokes, UNSAID } from './strokes';

/** Every number of the refinement; `bench/results/refine.md` has the table that chose them. */
export interface RefineSettings extends AlphaSettings, CutSettings {
  /** Working pixels that GrabCut gets to see: the dress with room around it. They bound its time. */
  readonly pixels: number;
  /** Room around the dress, as a share of the longer side of its box. */
  readonly room: number;
  /** A pixel whose probability of dress is above this is dress; from here down to 0.5 GrabCut decides. */
  readonly foregroundAbove: number;
  /** A pixel whose probability of dress is below this is none; from here up to 0.5 GrabCut decides. */
  readonly backgroundBelow: number;
  /** As GrabCut's own; 0 leaves GrabCut out. */
  readonly iterations: number;
  /** Whether pieces that have the background's colours, or lie far from the dress, are dropped. */
  readonly dropForeign: boolean;
}

export const REFINE: RefineSettings = {
  pixels: 60_000,
  room: 0.1,
  foregroundAbove: 0.9,
  backgroundBelow: 0.02,
  iterations: 1,
  smoothness: 12,
  radius: 3,
  epsilon: 1e-4,
  clip: 0.15,
  dropForeign: true,
};

/**
 * Probabilities at the network's size -> matte at the photo's own.
 *
 * @param strokes of somebody who corrects the cut
 * @returns an empty matte where no pixel is more dress than not and no stroke says otherwise
 * @throws DresscutError `invalid-option` for strokes beside the photo
 */
export async function refine(
  photo: Photo,
  probabilities: Probabilities,
  strokes: readonly Stroke[] = [],
  settings: RefineSettings = REFINE,
): Promise<Matte> {
  const drawn = strokes.length === 0 ? null : drawStrokes(strokes, photo);
  const region = regionOf(photo, probabilities, settings, drawn?.box);
  if (region === null) {
    const { width, height } = photo;
    return { kind: 'matte', width, height, alpha: new Uint8Array(width * height), box: null };
  }
  const first = firstCut(photo, probabilities, region, settings);
  const draft = correctAll(first, strokes, { photo, probabilities }, settings);
  const matte = alphaMatte(photo, draft.region, draft.photo, draft.mask, settings);
  return drawn === null ? matte : stampStrokes(matte, drawn);
}

/** Whoever draws asks for the same first cut again: the last one is kept as long as the probabilities are. */
const cuts = new WeakMap<Probabilities, { photo: Photo; settings: RefineSettings; draft: Draft }>();

/** The cut without strokes, and what it was made from. */
function firstCut(photo: Photo, probabilities: Probabilities, region: Region, settings: RefineSettings): Draft {
  const known = cuts.get(probabilities);
  if (known?.photo === photo && known.settings === settings && isSame(known.draft.region, region)) return known.draft;
  const working = samplePhoto(photo, region);
  const dress = samplePlane(probabilities.dress, probabilities, photo, region);
  const rough =
    settings.iterations > 0
      ? grabCutFromTrimap(working, trimapOf(dress, settings), settings)
      : mapPlane(dress, (p) => (p > 0.5 ? 1 : 0));
  let people: ReturnType<typeof companionsOf> | undefined;
  const companions = () => {
    people ??= companionsOf(photo, probabilities, region);
    return people;
  };
  const clean = cleanMask(rough, dress, companions);
  const mask = settings.dropForeign ? dropForeignPieces(clean, working, companions) : clean;
  const said = { ...mask, data: new Uint8Array(mask.data.length).fill(UNSAID) };
  const draft = { region, photo: working, dress, mask, said, looked: 0 };
  cuts.set(probabilities, { photo, settings, draft });
  return draft;
}

const isSame = (a: Region, b: Region): boolean =>
  a.left === b.left && a.top === b.top && a.scale === b.scale && a.width === b.width && a.height === b.height;

function trimapOf(dress: Plane, { foregroundAbove, backgroundBelow }: RefineSettings): Plane<Uint8Array> {
  return mapPlane(dress, (p) => {
    if (p > 0.5) return p > foregroundAbove ? SURE_FOREGROUND : MAYBE_FOREGROUND;
    return p < backgroundBelow ? SURE_BACKGROUND : MAYBE_BACKGROUND;
  });
}
