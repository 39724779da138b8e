// The photos on the page: what was drawn on each, and what came back.
import { element } from './dom.mjs';

/** @typedef {import('./brush.mjs').Stroke} Stroke */

/**
 * What came of a call: a picture, or a problem in words.
 *
 * @typedef {{ call: string, picture: { blob: Blob, ending: string } | null, header: (name: string) => string,
 *   problem: { code: string, title: string, detail: string } | null, reduced: boolean }} Outcome
 */

/**
 * @typedef {{ file: File, url: string, strokes: Stroke[], undone: Stroke[][], sure: boolean, outcome: Outcome | null,
 *   button: HTMLButtonElement }} Item
 */

const list = element('list', HTMLElement);

/** @type {Item[]} */
const items = [];

/**
 * @param {File} file
 * @param {(item: Item) => void} chosen called when somebody picks the photo from the list
 * @returns {Item}
 */
export function addPhoto(file, chosen) {
  const button = document.createElement('button');
  button.type = 'button';
  const url = URL.createObjectURL(file);
  const small = document.createElement('img');
  small.src = url;
  small.alt = '';
  const name = document.createElement('span');
  name.textContent = file.name || 'photo';
  const state = document.createElement('small');
  button.append(small, name, state);
  /** @type {Item} */
  const item = { file, url, strokes: [], undone: [], sure: false, outcome: null, button };
  button.addEventListener('click', () => chosen(item));
  items.push(item);
  list.append(button);
  list.hidden = items.length < 2;
  return item;
}

/** All of them away, for new ones. */
export function clearPhotos() {
  for (const { url } of items) URL.revokeObjectURL(url);
  items.length = 0;
  list.replaceChildren();
  list.hidden = true;
}

/** @returns {readonly Item[]} */
export const photos = () => items;

/** @param {Item | null} current @param {(item: Item) => string} stateOf a word on each */
export function showList(current, stateOf) {
  for (const item of items) {
    item.button.setAttribute('aria-current', String(item === current));
    const small = item.button.querySelector('small');
    if (small !== null) small.textContent = stateOf(item);
  }
}
