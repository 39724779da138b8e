// The dresses of a catalogue that are most like the one on the stage.
import { reduced, scaled } from './call.mjs';
import { element } from './dom.mjs';
import { chipsOf } from './traits.mjs';

/** @typedef {import('./photos.mjs').Item} Item */
/** @typedef {import('./traits.mjs').Traits} Traits */
/** @typedef {{ id: string, score: number, description: Traits, metadata: Record<string, unknown> }} Match */

const section = element('similar', HTMLElement);
const names = element('catalogue', HTMLSelectElement);
const find = element('find-similar', HTMLButtonElement);
const found = element('matches', HTMLElement);
const said = element('similar-state', HTMLElement);
const key = element('key', HTMLInputElement);

/** @type {Item | null} */
let shown = null;
/** The key with which the list of catalogues was asked for. */
/** @type {string | null} */
let askedWith = null;

const headers = () => (key.value ? { 'x-api-key': key.value } : undefined);

/**
 * Offer to look for the likes of a photo's dress, where the service has a catalogue; `null` takes the offer away.
 *
 * @param {Item | null} item
 */
export async function offerSimilar(item) {
  if (item !== shown) {
    found.replaceChildren();
    said.textContent = '';
  }
  shown = item;
  if (item !== null && askedWith !== key.value) await listCatalogues();
  section.hidden = shown === null || names.options.length === 0;
}

async function listCatalogues() {
  askedWith = key.value;
  const answer = await fetch('v1/catalogues', { headers: headers() }).catch(() => null);
  /** @type {{ name: string }[]} */
  const catalogues = answer?.ok ? (await answer.json()).catalogues : [];
  names.replaceChildren(...catalogues.map(({ name }) => new Option(name)));
  element('catalogues', HTMLElement).hidden = catalogues.length < 2;
}

find.addEventListener('click', async () => {
  const item = shown;
  if (item === null) return;
  find.disabled = true;
  said.textContent = 'Looking...';
  found.replaceChildren();
  const answer = await search(item).catch((error) => ({ problem: String(error) }));
  find.disabled = false;
  if (item !== shown) return;
  if ('problem' in answer) {
    said.textContent = answer.problem;
    return;
  }
  said.textContent = answer.matches.length === 0 ? 'The catalogue is empty.' : '';
  found.replaceChildren(...answer.matches.map(row));
});

/** @param {Item} item @returns {Promise<{ matches: Match[] } | { problem: string }>} */
async function search({ file, strokes, sure }) {
  let answer = await post(file, strokes, sure);
  const smaller = answer.status === 413 ? await reduced(file) : null;
  if (smaller !== null) answer = await post(smaller.photo, scaled(strokes, smaller.scale), sure);
  const body = await answer.json().catch(() => ({}));
  return answer.ok ? body : { problem: body.detail ?? `The service answered with status ${answer.status}.` };
}

/** @param {Blob} photo @param {Item['strokes']} strokes @param {boolean} sure */
function post(photo, strokes, sure) {
  const form = new FormData();
  form.set('photo', photo);
  if (strokes.length > 0) form.set('strokes', JSON.stringify(strokes));
  if (sure) form.set('expect', 'dress');
  form.set('limit', '6');
  const path = `v1/catalogues/${encodeURIComponent(names.value)}/similar`;
  return fetch(path, { method: 'POST', body: form, headers: headers() });
}

/** @param {Match} match */
function row({ id, score, description, metadata }) {
  const item = document.createElement('li');
  const picture = addressOf(metadata.picture);
  // The page's policy lets pictures come from this service or from the metadata itself, and from nowhere else.
  if (picture !== null && (picture.origin === location.origin || picture.protocol === 'data:')) {
    const small = document.createElement('img');
    small.className = 'picture';
    small.src = picture.href;
    small.alt = '';
    item.append(small);
  }
  const page = addressOf(metadata.url);
  const name = document.createElement(page !== null && /^https?:$/.test(page.protocol) ? 'a' : 'span');
  if (name instanceof HTMLAnchorElement && page !== null) name.href = page.href;
  name.textContent = id;
  const number = document.createElement('b');
  number.textContent = score.toFixed(2);
  number.title = 'Likeness: 1 is the same picture';
  const words = document.createElement('div');
  words.append(number, ' ', name, chipsOf(description));
  item.append(words);
  return item;
}

/** @param {unknown} text */
function addressOf(text) {
  return typeof text === 'string' && URL.canParse(text, location.href) ? new URL(text, location.href) : null;
}
