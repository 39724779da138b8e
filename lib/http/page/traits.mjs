// What a dress looks like, as chips: colours with their share, pattern, length.

/** @typedef {{ name: string, hex: string, share: number }} Colour */
/** @typedef {{ colours: readonly Colour[], pattern: string, length: string }} Traits */

/**
 * @param {(name: string) => string} header of an answer to a call with `describe=true`
 * @returns {Traits | null} `null` where it says nothing of it
 */
export function traitsOf(header) {
  const colours = [...header('x-dresscut-colours').matchAll(/([a-z ]+) (#[0-9a-f]{6}) ([\d.]+)/g)].map(
    ([, name = '', hex = '', share]) => ({ name: name.trim(), hex, share: Number(share) }),
  );
  if (colours.length === 0) return null;
  return { colours, pattern: header('x-dresscut-pattern'), length: header('x-dresscut-length') };
}

/**
 * @param {Traits} traits
 * @returns {HTMLElement}
 */
export function chipsOf({ colours, pattern, length }) {
  const chips = document.createElement('p');
  chips.className = 'traits';
  for (const { name, hex, share } of colours) {
    const swatch = document.createElement('i');
    // Set by a script, as the page's policy allows; an attribute would be refused.
    swatch.style.background = hex;
    chips.append(chip(swatch, `${name} ${Math.round(100 * share)}\u00a0%`));
  }
  chips.append(chip(pattern), chip(length === 'unknown' ? 'length unknown' : length));
  return chips;
}

/** @param {(string | Node)[]} content */
function chip(...content) {
  const span = document.createElement('span');
  span.append(...content);
  return span;
}
