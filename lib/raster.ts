import type { Colour } from './colour';

/**
 * The nouns of the pipeline. Every raster says what it is (`kind`), how large it is (`width`, `height`,
 * in pixels, never a tuple) and names its payload for what it holds. All rows run top to bottom,
 * pixels left to right, no padding.
 */

/** In pixels, each at least 1. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle of whole pixels inside some raster; `left`/`top` inclusive, never empty. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A decoded photo: upright, 8-bit sRGB, no alpha. */
export interface Photo {
  readonly kind: 'photo';
  readonly width: number;
  readonly height: number;
  /** `3 * width * height` bytes, R G B interleaved. */
  readonly rgb: Uint8Array;
}

/** How far a photo is turned from upright, in degrees clockwise. */
export type Turn = 0 | 90 | 180 | 270;

/** What the network's first stages see, at an eighth of its own size: texture and colour, for descriptions. */
export interface Features {
  readonly kind: 'features';
  readonly width: number;
  readonly height: number;
  /** How many numbers tell one place. */
  readonly channels: number;
  /** `channels` planes one after the other, each `width * height` floats of any size and sign. */
  readonly data: Float32Array;
}

/** What the network says, at the network's own size. */
export interface Probabilities {
  readonly kind: 'probabilities';
  readonly width: number;
  readonly height: number;
  /** Each `width * height` floats, 0 to 1; the three add up to 1 at every pixel, given that a dress is worn. */
  readonly background: Float32Array;
  /** The person minus the dress: skin, hair, shoes, other clothes. */
  readonly skin: Float32Array;
  readonly dress: Float32Array;
  /** Calibrated probability, 0 to 1, that the photo shows a dress at all. */
  readonly presence: number;
  /** How the photo lies, as far as the network can tell; everything else here is in the photo's own frame. */
  readonly turned: Turn;
  /** Left out by networks that give none. */
  readonly features?: Features;
  /** The part of the photo that was looked at, in its pixels; left out: all of it. */
  readonly within?: Box;
  /** What the network says of the whole photo, where `within` is a part of it. */
  readonly whole?: Probabilities;
}

/** One value a pixel, inside the pipeline. */
export interface Plane<Data extends ArrayLike<number> = Float32Array> extends Size {
  /** `width * height` values. */
  readonly data: Data;
}

/** A plane of bytes, 1 where something is, else 0. */
export type Mask = Plane<Uint8Array>;

/** What GrabCut found before the network runs (article mode): 1 where the foreground is, else 0. */
export interface Foreground extends Mask {
  readonly kind: 'foreground';
}

/** How much of each of the photo's pixels is dress; same size as the photo. */
export interface Matte {
  readonly kind: 'matte';
  readonly width: number;
  readonly height: number;
  /** `width * height` bytes, 0 (none) to 255 (all). */
  readonly alpha: Uint8Array;
  /** Smallest box that holds every alpha above 0; `null` for an empty matte. */
  readonly box: Box | null;
}

/** Which of several dresses is the nearest to each pixel, at the network's size: numbers from 1, the largest first. */
export interface DressLabels extends Plane<Uint8Array> {
  readonly kind: 'dress-labels';
  /** The part of the photo that they are laid over, in its pixels. */
  readonly within: Box;
}

/** The picture that goes out. RGB is zero wherever alpha is zero. */
export interface Cutout {
  readonly kind: 'cutout';
  readonly width: number;
  readonly height: number;
  /** `4 * width * height` bytes, R G B A interleaved, alpha not premultiplied. */
  readonly rgba: Uint8Array;
}

/** The larger picture in which a cut-out stands. Only the cut-out's own pixels take memory. */
export interface Surround extends Size {
  /** Where the cut-out's first pixel stands. */
  readonly left: number;
  readonly top: number;
  /** Of all that lies beside the cut-out; `null` is transparent. */
  readonly colour: Colour | null;
}
