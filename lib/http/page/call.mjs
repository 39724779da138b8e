import { choice, element } from './dom.mjs';

/** Longest side to which a photo is reduced that is too large to be sent as it is. */
export const REDUCED = 2400;

const output = choice('output');
const background = choice('background');
const format = choice('format');
const colour = element('colour', HTMLInputElement);
const crop = element('crop', HTMLInputElement);
const expect = element('expect', HTMLInputElement);
const key = element('key', HTMLInputElement);

/** What the form asks for: a query, the type of the answer and the ending of its file. */
export function asked() {
  const query = new URLSearchParams();
  if (output.value !== 'cutout') query.set('output', output.value);
  if (crop.checked) query.set('crop', 'true');
  const chosen = background.value === 'own' ? colour.value : background.value;
  if (output.value === 'cutout' && chosen !== 'transparent') query.set('background', chosen);
  if (expect.checked) query.set('expect', 'dress');
  return {
    query: query.toString(),
    accept: `image/${format.value}`,
    ending: format.value.replace('jpeg', 'jpg'),
  };
}

/** @param {string} text for a shell */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * The same call for a terminal.
 *
 * @param {string} name of the photo's file
 */
export function curlOf(name) {
  const { query, accept, ending } = asked();
  const keyed = key.value ? ' -H "X-Api-Key: $DRESSCUT_KEY"' : '';
  const url = new URL(`v1/cutouts${query && `?${query}`}`, location.href).href;
  const photo = `@${quoted(name)}`;
  return `curl -sS --fail-with-body${keyed} -H 'Accept: ${accept}' --data-binary ${photo} ${quoted(url)} -o dress.${ending}`;
}

/** @param {Blob} body */
export async function send(body) {
  const { query, accept } = asked();
  // A file's own type may be anything; its bytes decide.
  /** @type {Record<string, string>} */
  const headers = { accept, 'content-type': 'application/octet-stream' };
  if (key.value) headers['x-api-key'] = key.value;
  return fetch(`v1/cutouts?${query}`, { method: 'POST', body, headers });
}

/**
 * Upright and smaller; `null` where it is small already or the browser cannot read it.
 *
 * @param {Blob} file
 * @returns {Promise<Blob | null>}
 */
export async function reduced(file) {
  const picture = await createImageBitmap(file).catch(() => null);
  if (picture === null) return null;
  const scale = REDUCED / Math.max(picture.width, picture.height);
  if (scale >= 1) return null;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92));
}
