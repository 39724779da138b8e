import type { ColourName, ColourTerm } from '../../description';

/** A colour in OKLab's cylinder. */
interface Lch {
  /** Lightness, 0 to 1. */
  readonly l: number;
  /** Distance from grey, 0 to about 0.35. */
  readonly c: number;
  /** Hue in degrees, 0 to 360. */
  readonly h: number;
}

/**
 * Hues from each number on, up to the next. Where they meet was chosen on the 104 training dresses of
 * `training/splits/ccp-descriptions.json`; `npm run bench:describe` says how often the main colour is then right.
 */
const HUES: readonly (readonly [from: number, term: ColourTerm])[] = [
  [0, 'pink'],
  [12, 'red'],
  [42, 'orange'],
  [72, 'yellow'],
  [117, 'green'],
  [200, 'blue'],
  [289, 'purple'],
  [331, 'pink'],
];

/** Below this lightness what has no hue is black, from the other on white. */
const BLACK = 0.36;
const WHITE = 0.8;

/** Where a term is called light or dark, by lightness. Black, white and beige are neither. */
const SHADES: Readonly<Partial<Record<ColourTerm, readonly [darkBelow: number, lightAbove: number]>>> = {
  grey: [0.48, 0.7],
  red: [0.38, 2],
  orange: [0.55, 0.85],
  yellow: [0.6, 0.93],
  green: [0.42, 0.78],
  blue: [0.4, 0.7],
  purple: [0.38, 0.7],
  pink: [0.45, 0.82],
  brown: [0.36, 0.55],
};

/** The term for a colour in OKLab. */
export function termOf(l: number, a: number, b: number): ColourTerm {
  const colour = { l, c: Math.hypot(a, b), h: ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360 };
  if (isGrey(colour)) return l < BLACK ? 'black' : l < WHITE ? 'grey' : 'white';
  const { c, h } = colour;
  const warm = h >= 20 && h < 112;
  if (warm && l > 0.62 && c < 0.066 && h >= 38) return 'beige';
  // Brown is orange and yellow in the dark, or with little of either.
  if (warm && h >= 35 && l < 0.68 && c < 0.15 * l) return h < 97 ? 'brown' : 'green';
  if (h >= 42 && h < 72 && l < 0.52) return 'brown';
  // Pink is red that is light; what is dark between red and purple is one or the other.
  if (h >= 12 && h < 42 && (l > 0.68 || (l > 0.5 && c < 0.1))) return 'pink';
  if ((h < 12 || h >= 331) && l < 0.3) return h < 12 ? 'red' : 'purple';
  if (h >= 289 && h < 305 && l < 0.36 && c < 0.06) return 'blue';
  return HUES.findLast(([from]) => h >= from)?.[1] ?? 'pink';
}

/** The term with its shade. */
export function nameOf(term: ColourTerm, lightness: number): ColourName {
  const [darkBelow, lightAbove] = SHADES[term] ?? [-1, 2];
  if (lightness < darkBelow) return `dark ${term}`;
  return lightness > lightAbove ? `light ${term}` : term;
}

/** Shade and sky tint what is grey with blue, a lamp and the evening sun with less of the opposite. */
function isGrey({ l, c, h }: Lch): boolean {
  const bluish = h >= 225 && h < 305;
  if (l < BLACK) return c < (bluish ? 0.028 : 0.021);
  if (bluish) return c < (l < 0.7 ? 0.03 : 0.04);
  if (h >= 38 && h < 112) return c < 0.0145;
  return c < (l < WHITE ? 0.018 : 0.024);
}
