import { choice, element } from './dom.mjs';

/** @typedef {import('./brush.mjs').Stroke} Stroke */
/** @typedef {{ query: string, accept: string, ending: string }} Asked */
/** @typedef {{ status: number, blob: Blob, header: (name: string) => string }} Answer */

/** Longest side to which a photo is reduced that is too large to be sent as it is. */
export const REDUCED = 2400;

const output = choice('output');
const background = choice('background');
const format = choice('format');
const colour = element('colour', HTMLInputElement);
const crop = element('crop', HTMLInputElement);
const describe = element('describe', HTMLInputElement);
const key = element('key', HTMLInputElement);

/**
 * What the form asks for: a query, the type of the answer and the ending of its file.
 *
 * @param {boolean} sure whether a dress is worn for certain
 * @returns {Asked}
 */
export function asked(sure) {
  const query = new URLSearchParams();
  if (output.value !== 'cutout') query.set('output', output.value);
  if (crop.checked) query.set('crop', 'true');
  const chosen = background.value === 'own' ? colour.value : background.value;
  if (output.value === 'cutout' && chosen !== 'transparent') query.set('background', chosen);
  if (sure) query.set('expect', 'dress');
  if (describe.checked) query.set('describe', 'true');
  return { query: query.toString(), accept: `image/${format.value}`, ending: format.value.replace('jpeg', 'jpg') };
}

/** What is asked for while strokes are drawn: the cut-out in the photo's own frame, to be laid over it. */
/** @param {boolean} sure @returns {Asked} */
export function askedForBrush(sure) {
  const query = new URLSearchParams();
  if (sure) query.set('expect', 'dress');
  if (describe.checked) query.set('describe', 'true');
  return { query: query.toString(), accept: 'image/webp', ending: 'webp' };
}

/** @param {string} text for a shell */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * The same call for a terminal.
 *
 * @param {string} name of the photo's file
 * @param {Asked} asked
 * @param {readonly Stroke[]} strokes
 */
export function curlOf(name, { query, accept, ending }, strokes) {
  const keyed = key.value ? ' -H "X-Api-Key: $DRESSCUT_KEY"' : '';
  const url = new URL(`v1/cutouts${query && `?${query}`}`, location.href).href;
  const body =
    strokes.length === 0
      ? `--data-binary @${quoted(name)}`
      : `-F ${quoted(`photo=@"${name.replaceAll(/["\\]/g, '\\$&')}"`)} --form-string ${quoted(`strokes=${JSON.stringify(strokes)}`)}`;
  // A picture's description stands in the headers of the answer.
  const headers = describe.checked ? ' -D -' : '';
  return `curl -sS --fail-with-body${headers}${keyed} -H 'Accept: ${accept}' ${body} ${quoted(url)} -o dress.${ending}`;
}

/**
 * One call. `XMLHttpRequest`, because `fetch` tells nothing of how much of the photo has been sent.
 *
 * @param {Blob} photo
 * @param {Asked} asked
 * @param {readonly Stroke[]} strokes
 * @param {{ signal: AbortSignal, sent: (share: number) => void }} watch `sent` is told the share of the upload, 0 to 1
 * @returns {Promise<Answer>}
 * @throws {DOMException} `AbortError` at the signal; `NetworkError` where no answer comes
 */
export function send(photo, { query, accept }, strokes, { signal, sent }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const failed = (/** @type {string} */ name) => () => reject(new DOMException('No answer came.', name));
    request.open('POST', `v1/cutouts?${query}`);
    request.responseType = 'blob';
    request.setRequestHeader('accept', accept);
    if (key.value) request.setRequestHeader('x-api-key', key.value);
    request.upload.addEventListener('progress', ({ loaded, total }) => sent(total === 0 ? 1 : loaded / total));
    request.upload.addEventListener('load', () => sent(1));
    request.addEventListener('load', () => {
      const { status, response } = request;
      resolve({ status, blob: response, header: (name) => request.getResponseHeader(name) ?? '' });
    });
    request.addEventListener('error', failed('NetworkError'));
    request.addEventListener('abort', failed('AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    if (strokes.length === 0) {
      // A file's own type may be anything; its bytes decide.
      request.setRequestHeader('content-type', 'application/octet-stream');
      request.send(photo);
      return;
    }
    const form = new FormData();
    form.set('photo', photo);
    form.set('strokes', JSON.stringify(strokes));
    request.send(form);
  });
}

/**
 * Upright and smaller; `null` where it is small already or the browser cannot read it.
 *
 * @param {Blob} file
 * @returns {Promise<{ photo: Blob, scale: number } | null>}
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
  /** @type {Blob | null} */
  const photo = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92));
  return photo && { photo, scale };
}

/** @param {readonly Stroke[]} strokes @param {number} scale of the photo that is sent instead @returns {Stroke[]} */
export function scaled(strokes, scale) {
  return strokes.map(({ kind, points, radius }) => ({
    kind,
    points: points.map(([x, y]) => [x * scale, y * scale]),
    radius: Math.max(0.5, radius * scale),
  }));
}
