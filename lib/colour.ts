/** 8-bit sRGB colour. */
export interface Colour {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

/** CSS's sixteen basic names, plus the spelling `grey`. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['aqua', '00ffff'],
  ['black', '000000'],
  ['blue', '0000ff'],
  ['fuchsia', 'ff00ff'],
  ['gray', '808080'],
  ['green', '008000'],
  ['grey', '808080'],
  ['lime', '00ff00'],
  ['maroon', '800000'],
  ['navy', '000080'],
  ['olive', '808000'],
  ['purple', '800080'],
  ['red', 'ff0000'],
  ['silver', 'c0c0c0'],
  ['teal', '008080'],
  ['white', 'ffffff'],
  ['yellow', 'ffff00'],
]);

/**
 * A colour as people write it: `white`, `#fff`, `#ffffff`, `255,255,255`. Case and spaces do not matter, and
 * the `#` may be left out, because a shell takes it for a comment and a query for a fragment.
 *
 * @returns the colour, or `undefined` when the text names none
 */
export function parseColour(text: string): Colour | undefined {
  const word = text.trim().toLowerCase();
  const hex = NAMES.get(word) ?? /^#?([0-9a-f]{3}|[0-9a-f]{6})$/.exec(word)?.[1];
  if (hex !== undefined) return fromHex(hex);

  const parts = /^(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})$/.exec(word)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  const [r = 0, g = 0, b = 0] = parts;
  return { r, g, b };
}

function fromHex(hex: string): Colour {
  const pairs = hex.length === 3 ? hex.replaceAll(/./g, '$&$&') : hex;
  const value = Number.parseInt(pairs, 16);
  return { r: value >> 16, g: (value >> 8) & 255, b: value & 255 };
}
