/**
 * What a description can say. Colours are the eleven basic colour terms of English (Berlin and Kay, 1969) and beige,
 * each alone or as `light` or `dark`.
 */
export const COLOUR_TERMS = [
  'black',
  'white',
  'grey',
  'red',
  'orange',
  'yellow',
  'green',
  'blue',
  'purple',
  'pink',
  'brown',
  'beige',
] as const;
export type ColourTerm = (typeof COLOUR_TERMS)[number];

export const SHADES = ['light', 'dark'] as const;
export type ColourName = ColourTerm | `${(typeof SHADES)[number]} ${ColourTerm}`;

export const PATTERNS = ['plain', 'patterned'] as const;
export type Pattern = (typeof PATTERNS)[number];

/** Where the hem ends; `unknown` where shoulders or feet are not to be seen. */
export const LENGTHS = ['mini', 'knee', 'midi', 'maxi', 'unknown'] as const;
export type Length = (typeof LENGTHS)[number];

/** One of a dress's colours. */
export interface DressColour {
  readonly name: ColourName;
  /** sRGB as `#rrggbb`, in lower case. */
  readonly hex: string;
  /** Share of the dress's area, 0 to 1. */
  readonly share: number;
}

/** Where a dress stands among others. */
export interface Embedding {
  /** Which network and which recipe made it; only embeddings of one version can be compared. */
  readonly version: string;
  /** At most 256 numbers of length 1 together: the dot product of two is their likeness, -1 to 1. */
  readonly vector: readonly number[];
}

/** What can be told of a dress in words. */
export interface Traits {
  /** One to five, the largest first. */
  readonly colours: readonly DressColour[];
  readonly pattern: Pattern;
  readonly length: Length;
}

/** What is known of one dress. */
export interface Description extends Traits {
  readonly embedding: Embedding;
}
