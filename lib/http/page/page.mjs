// What the page at / does: nothing but the public API.
import { asked, curlOf, REDUCED, reduced, send } from './call.mjs';
import { choice, element } from './dom.mjs';
import { hideResult, setBusy, showPhoto, showResult } from './stage.mjs';

const form = element('options', HTMLFormElement);
const output = choice('output');
const background = choice('background');
const format = choice('format');
const expect = element('expect', HTMLInputElement);
const state = element('state', HTMLElement);
const drop = element('drop', HTMLElement);
const download = element('download', HTMLAnchorElement);

/** @type {File | null} */
let photo = null;
/** Counts what was asked for: only the answer to the newest is shown. */
let turn = 0;

function showCurl() {
  element('curl', HTMLElement).textContent = curlOf(photo === null ? 'photo.jpg' : photo.name || 'photo.png');
}

/** @param {string} title @param {string} [detail] @param {boolean} [again] */
function tell(title, detail = '', again = false) {
  element('message', HTMLElement).hidden = title === '';
  element('title', HTMLElement).textContent = title;
  element('detail', HTMLElement).textContent = detail;
  element('again', HTMLElement).hidden = !again;
}

/** @param {File | undefined} file */
function take(file) {
  if (file === undefined) return;
  photo = file;
  expect.checked = false;
  showPhoto(file);
  drop.classList.add('small');
  void cut();
}

async function cut() {
  showCurl();
  if (photo === null) return;
  const file = photo;
  const mine = ++turn;
  const wanted = () => mine === turn;
  tell('');
  setBusy(true);
  state.textContent = 'Cutting...';
  try {
    let answer = await send(file);
    const smaller = answer.status === 413 && wanted() ? await reduced(file) : null;
    if (smaller !== null && wanted()) answer = await send(smaller);
    if (!wanted()) return;
    if (answer.ok) await show(answer, file.name, smaller !== null, wanted);
    else refuse(await answer.json().catch(() => ({})), answer.status);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    if (wanted()) refuse({ title: 'The service cannot be reached', detail }, 0);
  } finally {
    if (wanted()) setBusy(false);
  }
}

/** @param {Response} answer @param {string} name @param {boolean} smaller @param {() => boolean} wanted */
async function show(answer, name, smaller, wanted) {
  const { ending } = asked();
  const blob = await answer.blob();
  const shown = wanted() ? await showResult(blob, wanted) : null;
  if (shown === null) return;
  download.href = shown.url;
  download.download = `${(name || 'photo').replace(/\.[^.]*$/, '')}-dress.${ending}`;
  report(answer.headers);
  const size = `${shown.width} × ${shown.height} pixels, ${Math.ceil(blob.size / 1000)} kB`;
  const note = smaller ? ` The photo was too large to be sent and was reduced to ${REDUCED} pixels.` : '';
  state.textContent = `Done: ${size}.${note}`;
}

/** @param {string} text */
const percent = (text) => `${(Number(text) * 100).toFixed(1)} %`;

/** @param {Headers} headers */
function report(headers) {
  const get = (/** @type {string} */ name) => headers.get(`x-dresscut-${name}`) ?? '';
  const [left, top, width, height] = get('box').split(',');
  const [photoWidth, photoHeight, kind] = get('photo').split(',');
  const steps = [...(headers.get('server-timing') ?? '').matchAll(/dur=([\d.]+)/g)];
  const time = steps.reduce((sum, [, step]) => sum + Number(step), 0);
  const review = get('verdict') === 'review';
  const verdict = element('verdict', HTMLElement);
  verdict.textContent = review ? 'Verdict: review. Have a look before you use it.' : 'Verdict: ok.';
  verdict.className = review ? 'review' : '';
  const rows = [
    ['A dress is worn', percent(get('presence'))],
    ['Sure of its shape', percent(get('confidence'))],
    ['Skin in the cut-out', percent(get('skin-leak'))],
    ['Share of the photo', percent(get('coverage'))],
    ['Box', `${width} × ${height} at ${left}, ${top}`],
    ['Photo', `${photoWidth} × ${photoHeight} ${kind}`],
    ['Time', `${Math.round(time)} ms`],
    ['Network', get('model').replace('/', ' ')],
  ];
  const cells = rows.flat().map((text, i) => {
    const cell = document.createElement(i % 2 === 0 ? 'dt' : 'dd');
    cell.textContent = text;
    return cell;
  });
  element('findings', HTMLElement).replaceChildren(...cells);
}

/** @param {{ code?: string, title?: string, detail?: string }} problem @param {number} status */
function refuse({ code = '', title, detail }, status) {
  hideResult();
  state.textContent = '';
  const locked = code.startsWith('key-');
  if (locked) element('keys', HTMLElement).hidden = false;
  tell(title ?? `The service answered with status ${status}`, detail, code === 'no-dress' && !expect.checked);
  if (locked) element('key', HTMLElement).focus();
}

for (const id of ['file', 'camera']) {
  const input = element(id, HTMLInputElement);
  input.addEventListener('change', () => {
    take(input.files?.[0]);
    input.value = '';
  });
}
document.addEventListener('dragover', (event) => {
  event.preventDefault();
  drop.classList.add('over');
});
document.addEventListener('dragleave', () => drop.classList.remove('over'));
document.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  take(event.dataTransfer?.files[0]);
});
document.addEventListener('paste', (event) => take(event.clipboardData?.files[0]));
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('change', ({ target }) => {
  // JPEG has no transparency: whichever of the two was chosen last stands.
  const clash = output.value === 'cutout' && format.value === 'jpeg' && background.value === 'transparent';
  const changed = target instanceof HTMLInputElement ? target.name : '';
  if (clash && changed === 'background') format.value = 'png';
  else if (clash) background.value = 'white';
  element('own', HTMLElement).hidden = background.value !== 'own';
  element('background', HTMLFieldSetElement).disabled = output.value !== 'cutout';
  element('colour', HTMLInputElement).disabled = output.value !== 'cutout';
  void cut();
});
element('again', HTMLElement).addEventListener('click', () => {
  expect.checked = true;
  void cut();
});
const copy = element('copy', HTMLElement);
copy.addEventListener('click', async () => {
  const curl = element('curl', HTMLElement);
  try {
    await navigator.clipboard.writeText(curl.textContent ?? '');
    copy.textContent = 'Copied';
  } catch {
    getSelection()?.selectAllChildren(curl);
    copy.textContent = 'Selected: press Ctrl-C';
  }
  setTimeout(() => {
    copy.textContent = 'Copy';
  }, 2000);
});
// Elsewhere the same dialogue would open twice.
element('take', HTMLElement).hidden = navigator.maxTouchPoints === 0;
showCurl();
