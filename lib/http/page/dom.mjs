/**
 * The element with an id, as what it is.
 *
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function element(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page lacks #${id}.`);
  return found;
}

/**
 * One choice out of a few radio buttons.
 *
 * @param {string} name
 * @returns {{ value: string }}
 */
export function choice(name) {
  const group = element('options', HTMLFormElement).elements.namedItem(name);
  if (!(group instanceof RadioNodeList)) throw new Error(`The page lacks the choice ${name}.`);
  return group;
}
