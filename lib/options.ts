/**
 * What a caller may ask for, with one name everywhere: on the command line, in a query, in an object's
 * metadata. Transport parses strings into this; `cutOut` takes nothing else.
 */
export const OUTPUTS = ['cutout', 'mask', 'overlay'] as const;
export const FORMATS = ['png', 'webp', 'jpeg'] as const;
export const MODES = ['default', 'article'] as const;
export const EXPECTS = ['auto', 'dress'] as const;

/** 8-bit sRGB colour. */
export interface Colour {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

export interface CutOutOptions {
  /** `cutout` RGBA, `mask` 8-bit alpha, `overlay` the photo with the dress tinted and outlined. */
  readonly output: (typeof OUTPUTS)[number];
  readonly format: (typeof FORMATS)[number];
  /** Cut the frame down to the dress, plus `margin`. */
  readonly crop: boolean;
  /** Room around a cropped dress, as a share of the longer side of its box, 0 to 1. */
  readonly margin: number;
  /** `null` is transparent. JPEG and `no alpha` outputs need a colour. */
  readonly background: Colour | null;
  /** `default`: network, then GrabCut. `article`: GrabCut at 224x224, then network. */
  readonly mode: (typeof MODES)[number];
  /** `auto`: decide whether a dress is worn. `dress`: the caller knows that one is. */
  readonly expect: (typeof EXPECTS)[number];
  /** Longest side of the result in pixels, 16 to 10000; `null` keeps the photo's own scale. Never enlarges. */
  readonly size: number | null;
}

export const DEFAULTS: CutOutOptions = {
  output: 'cutout',
  format: 'png',
  crop: false,
  margin: 0.05,
  background: null,
  mode: 'default',
  expect: 'auto',
  size: null,
};
