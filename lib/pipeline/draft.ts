import type { Box, Mask, Photo, Plane, Probabilities } from '../raster';
import { crop, paste } from './crop';
import { type Region, samplePhoto, samplePlane } from './region';

/** A cut that strokes are correcting, everything of its region's size. */
export interface Draft {
  readonly region: Region;
  /** The working picture. */
  readonly photo: Photo;
  /** The network's probability of dress. */
  readonly dress: Plane;
  /** The cut so far. */
  readonly mask: Mask;
  /** What the strokes so far say of each pixel: `UNSAID`, `KEEP` or `DROP`. */
  readonly said: Plane<Uint8Array>;
  /** Pixels that strokes so far have looked at. */
  readonly looked: number;
}

/**
 * The draft on a larger region of the same grid: what was cut and said stays where it is to the pixel.
 * @param region that holds the draft's own
 */
export function extendDraft(draft: Draft, photo: Photo, probabilities: Probabilities, region: Region): Draft {
  const { width, height, scale } = region;
  if (width === draft.region.width && height === draft.region.height) return draft;
  const at: Box = {
    left: Math.round((draft.region.left - region.left) / scale),
    top: Math.round((draft.region.top - region.top) / scale),
    width: draft.region.width,
    height: draft.region.height,
  };
  const grown = ({ data }: Plane<Uint8Array>) => ({
    width,
    height,
    data: paste(new Uint8Array(width * height), width, data, at),
  });
  return {
    ...draft,
    region,
    photo: samplePhoto(photo, region),
    dress: samplePlane(probabilities.dress, probabilities, photo, region),
    mask: grown(draft.mask),
    said: grown(draft.said),
  };
}

/** A part of a draft, which is one itself. */
export function cropDraft(draft: Draft, window: Box): Draft {
  const { region, photo, dress, mask, said } = draft;
  const { width, height } = window;
  const { left, top, scale } = region;
  return {
    ...draft,
    region: { left: left + window.left * scale, top: top + window.top * scale, scale, width, height },
    photo: { kind: 'photo', width, height, rgb: crop(photo.rgb, photo.width, window, 3) },
    dress: { width, height, data: crop(dress.data, dress.width, window) },
    mask: { width, height, data: crop(mask.data, mask.width, window) },
    said: { width, height, data: crop(said.data, said.width, window) },
  };
}
