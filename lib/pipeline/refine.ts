import type { Matte, Photo, Probabilities } from '../raster';
import { cleanUp } from './clean-up';
import { type EdgeSettings, followEdges } from './follow-edges';
import {
  type CutSettings,
  grabCutFromTrimap,
  MAYBE_BACKGROUND,
  MAYBE_FOREGROUND,
  SURE_BACKGROUND,
  SURE_FOREGROUND,
} from './grab-cut';
import { boxOfAlpha, regionOf, samplePhoto, samplePlane } from './region';

/** Every number of the refinement; 0 iterations leave GrabCut out. `bench/results/refine.md` has the table that chose them. */
export interface RefineSettings extends EdgeSettings, CutSettings {
  /** Working pixels that GrabCut gets to see: the dress with room around it. They bound its time. */
  readonly pixels: number;
  /** Room around the dress, as a share of the longer side of its box. */
  readonly room: number;
  /** Above this a pixel is surely dress, */
  readonly sure: number;
  /** below this surely not; between, GrabCut decides. */
  readonly never: number;
}

export const REFINE: RefineSettings = {
  pixels: 36_000,
  room: 0.1,
  sure: 0.9,
  never: 0.02,
  iterations: 1,
  smoothness: 16,
  radius: 3,
  epsilon: 1e-4,
  fog: 0.15,
};

/**
 * Probabilities at the network's size -> matte at the photo's own.
 *
 * @returns an empty matte where no pixel is more dress than not; OpenCV is then not loaded
 * @throws DresscutError `internal` when OpenCV fails
 */
export async function refine(
  photo: Photo,
  probabilities: Probabilities,
  settings: RefineSettings = REFINE,
): Promise<Matte> {
  const alpha = new Uint8Array(photo.width * photo.height);
  const region = regionOf(photo, probabilities, settings.pixels, settings.room);
  if (region === null) return { kind: 'matte', width: photo.width, height: photo.height, alpha, box: null };

  const { width, height } = region;
  const rgb = samplePhoto(photo, region);
  const dress = samplePlane(probabilities.dress, probabilities, photo, region);
  const rough =
    settings.iterations > 0
      ? await grabCutFromTrimap(rgb, trimapOf(dress, settings), width, height, settings)
      : moreThanHalf(dress);
  const mask = await cleanUp(rough, dress, width, height);
  followEdges(photo, region, rgb, mask, settings, alpha);
  return { kind: 'matte', width: photo.width, height: photo.height, alpha, box: boxOfAlpha(alpha, photo, region) };
}

function trimapOf(dress: Float32Array, { sure, never }: RefineSettings): Uint8Array {
  const trimap = new Uint8Array(dress.length);
  for (let i = 0; i < dress.length; i++) {
    const p = dress[i] as number;
    if (p > 0.5) trimap[i] = p > sure ? SURE_FOREGROUND : MAYBE_FOREGROUND;
    else trimap[i] = p < never ? SURE_BACKGROUND : MAYBE_BACKGROUND;
  }
  return trimap;
}

function moreThanHalf(dress: Float32Array): Uint8Array {
  const mask = new Uint8Array(dress.length);
  for (let i = 0; i < dress.length; i++) mask[i] = (dress[i] as number) > 0.5 ? 1 : 0;
  return mask;
}
