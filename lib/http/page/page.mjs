// What the page at / does: nothing but the public API.
import { setStrokes, startBrush, stopBrush, zoom } from './brush.mjs';
import { asked, askedForBrush, curlOf, REDUCED, reduced, scaled, send } from './call.mjs';
import { choice, element } from './dom.mjs';
import { addPhoto, clearPhotos, photos, showList } from './photos.mjs';
import { offerSimilar } from './similar.mjs';
import { hideResult, photoIsSeen, setBusy, setCorrecting, showPhoto, showResult } from './stage.mjs';
import { chipsOf, traitsOf } from './traits.mjs';
import { factsOf, inWords, verdictOf } from './words.mjs';
import { distinct, zipOf } from './zip.mjs';

/** @typedef {import('./photos.mjs').Item} Item */
/** @typedef {import('./photos.mjs').Outcome} Outcome */

const form = element('options', HTMLFormElement);
const output = choice('output');
const background = choice('background');
const format = choice('format');
const expect = element('expect', HTMLInputElement);
const state = element('state', HTMLElement);
const progress = element('progress', HTMLProgressElement);
const cancel = element('cancel', HTMLButtonElement);
const drop = element('drop', HTMLElement);
const download = element('download', HTMLAnchorElement);
const all = element('all', HTMLButtonElement);
const tools = element('tools', HTMLElement);
const correct = element('correct', HTMLButtonElement);

/** @type {Item | null} */
let current = null;
let correcting = false;
/** Cancelled: nothing is sent until something changes. */
let halted = false;
/** The call that is on its way. */
/** @type {{ item: Item, call: string, controller: AbortController } | null} */
let running = null;

/** @param {Item} item */
const wantedOf = (item) => (correcting && item === current ? askedForBrush(item.sure) : asked(item.sure));

/** What tells one call from another; an outcome of another call is out of date. @param {Item} item */
const callOf = (item) => JSON.stringify([wantedOf(item), item.strokes, element('key', HTMLInputElement).value]);

/** @param {Item} item */
const isDue = (item) => item.outcome?.call !== callOf(item);

/** @param {FileList | undefined | null} files */
function take(files) {
  if (!files || files.length === 0) return;
  leaveBrush();
  clearPhotos();
  const taken = [...files].map((file) => addPhoto(file, choose));
  drop.classList.add('small');
  if (taken[0] !== undefined) choose(taken[0]);
}

/** @param {Item} item */
function choose(item) {
  if (current !== item) leaveBrush();
  current = item;
  expect.checked = item.sure;
  showPhoto(item.url);
  void offerSimilar(null);
  refresh();
}

/** Something changed: show what is known, and ask for what is not. */
function refresh() {
  halted = false;
  if (
    running !== null &&
    (running.call !== callOf(running.item) || (current !== running.item && current && isDue(current)))
  ) {
    running.controller.abort();
  }
  show();
  void work();
}

function show() {
  const name = current === null ? 'photo.jpg' : current.file.name || 'photo.png';
  const strokes = current?.strokes ?? [];
  element('curl', HTMLElement).textContent = curlOf(name, asked(current?.sure ?? false), strokes);
  element('undo', HTMLButtonElement).disabled = strokes.length === 0;
  element('redo', HTMLButtonElement).disabled = (current?.undone.length ?? 0) === 0;
  element('clear', HTMLButtonElement).disabled = strokes.length === 0;
  showList(current, (item) => (running?.item === item ? 'cutting' : isDue(item) ? 'waiting' : wordOf(item.outcome)));
  const done = photos().filter((item) => !isDue(item) && item.outcome?.picture);
  all.hidden = photos().length < 2;
  all.disabled = done.length === 0 || running !== null;
  all.textContent = `Download ${done.length} as ZIP`;
  tell(null, false);
  if (current === null) return;
  const { outcome } = current;
  if (outcome === null || isDue(current)) return;
  if (outcome.problem !== null) {
    if (!correcting) hideResult();
    void offerSimilar(null);
    state.textContent = '';
    correct.hidden = !correcting && (current.strokes.length === 0 || !photoIsSeen());
    tell(outcome.problem, outcome.problem.code === 'no-dress' && !current.sure);
  } else if (outcome.picture !== null) void showPicture(current, outcome, outcome.picture);
}

/** @param {Outcome | null} outcome */
function wordOf(outcome) {
  if (outcome?.problem) return outcome.problem.code === 'no-dress' ? 'no dress' : 'not cut';
  return outcome?.header('x-dresscut-verdict') === 'review' ? 'have a look' : 'done';
}

/** @param {Item} item @param {Outcome} outcome @param {{ blob: Blob, ending: string }} picture */
async function showPicture(item, outcome, { blob, ending }) {
  const wanted = () => item === current && item.outcome === outcome && !isDue(item);
  const shown = await showResult(blob, correcting, wanted);
  if (shown === null) return;
  correct.hidden = !photoIsSeen();
  download.href = shown.url;
  download.download = nameOf(item, ending);
  const { review, text } = verdictOf(outcome.header, item.sure);
  const verdict = element('verdict', HTMLElement);
  verdict.textContent = text;
  verdict.className = review ? 'review' : '';
  const cells = factsOf(outcome.header, item.sure).flatMap((fact) =>
    fact.map((words, i) => {
      const cell = document.createElement(i === 0 ? 'dt' : 'dd');
      cell.textContent = words;
      return cell;
    }),
  );
  element('findings', HTMLElement).replaceChildren(...cells);
  const traits = traitsOf(outcome.header);
  element('traits', HTMLElement).replaceChildren(...(traits === null ? [] : [chipsOf(traits)]));
  void offerSimilar(item);
  const size = `${shown.width} × ${shown.height} pixels, ${Math.ceil(blob.size / 1000)} kB`;
  const note = outcome.reduced ? ` The photo was too large to be sent and was reduced to ${REDUCED} pixels.` : '';
  state.textContent = `Done: ${size}.${note}`;
}

/** @param {Item} item @param {string} ending */
const nameOf = (item, ending) => `${(item.file.name || 'photo').replace(/\.[^.]*$/, '')}-dress.${ending}`;

/** Cut what is due, the photo on the stage first, one after the other. */
async function work() {
  if (running !== null || halted) return;
  const due = [...(current === null ? [] : [current]), ...photos()].find(isDue);
  if (due === undefined) return;
  running = { item: due, call: callOf(due), controller: new AbortController() };
  const { call, controller } = running;
  const onStage = due === current;
  if (onStage) {
    setBusy(true);
    state.textContent = 'Sending...';
  }
  progress.hidden = false;
  cancel.hidden = false;
  showList(current, (item) => (item === due ? 'cutting' : isDue(item) ? 'waiting' : wordOf(item.outcome)));
  try {
    const outcome = await cut(due, call, controller.signal);
    if (outcome !== null) due.outcome = outcome;
  } finally {
    running = null;
    progress.hidden = true;
    cancel.hidden = true;
    if (onStage) setBusy(false);
    show();
    void work();
  }
}

/** @param {Item} item @param {string} call @param {AbortSignal} signal @returns {Promise<Outcome | null>} `null`: given up */
async function cut(item, call, signal) {
  const wanted = wantedOf(item);
  const strokes = item.strokes;
  const sent = (/** @type {number} */ share) => {
    progress.value = share;
    if (item === current) state.textContent = share < 1 ? `Sending... ${Math.round(100 * share)} %` : 'Cutting...';
  };
  try {
    let answer = await send(item.file, wanted, strokes, { signal, sent });
    const smaller = answer.status === 413 ? await reduced(item.file) : null;
    if (smaller !== null) {
      answer = await send(smaller.photo, wanted, scaled(strokes, smaller.scale), { signal, sent });
    }
    const { status, blob, header } = answer;
    const basis = { call, header, reduced: smaller !== null };
    if (status < 400) return { ...basis, picture: { blob, ending: wanted.ending }, problem: null };
    const {
      code = '',
      title = `The service answered with status ${status}`,
      detail = '',
    } = await blob
      .text()
      .then(JSON.parse)
      .catch(() => ({}));
    return { ...basis, picture: null, problem: inWords({ code, title, detail }) };
  } catch (error) {
    if (signal.aborted) return null;
    const detail = error instanceof Error ? error.message : String(error);
    const problem = { code: '', title: 'The service cannot be reached', detail };
    return { call, header: () => '', reduced: false, picture: null, problem };
  }
}

/** @param {{ code: string, title: string, detail: string } | null} problem @param {boolean} again */
function tell(problem, again) {
  element('message', HTMLElement).hidden = problem === null;
  if (problem === null) return;
  element('title', HTMLElement).textContent = problem.title;
  element('detail', HTMLElement).textContent = problem.detail;
  element('again', HTMLElement).hidden = !again;
  if (!problem.code.startsWith('key-')) return;
  element('keys', HTMLElement).hidden = false;
  element('key', HTMLElement).focus();
}

function enterBrush() {
  if (current === null) return;
  correcting = true;
  tools.hidden = false;
  correct.setAttribute('aria-expanded', 'true');
  correct.textContent = 'Done correcting';
  setCorrecting(true);
  startBrush(current.strokes, (strokes) => draw(strokes, []));
  refresh();
}

function leaveBrush() {
  if (!correcting) return;
  correcting = false;
  tools.hidden = true;
  correct.setAttribute('aria-expanded', 'false');
  correct.textContent = 'Correct the cut';
  stopBrush();
  setCorrecting(false);
}

/** @param {Item['strokes']} strokes @param {Item['undone']} undone */
function draw(strokes, undone) {
  if (current === null) return;
  current.strokes = strokes;
  current.undone = undone;
  setStrokes(strokes);
  refresh();
}

function undo() {
  if (current === null || current.strokes.length === 0) return;
  draw(current.strokes.slice(0, -1), [...current.undone, current.strokes]);
}

function redo() {
  const last = current?.undone.at(-1);
  if (current !== null && last !== undefined) draw(last, current.undone.slice(0, -1));
}

for (const id of ['file', 'camera']) {
  const input = element(id, HTMLInputElement);
  input.addEventListener('change', () => {
    take(input.files);
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
  take(event.dataTransfer?.files);
});
document.addEventListener('paste', (event) => take(event.clipboardData?.files));
document.addEventListener('keydown', (event) => {
  if (!correcting || !(event.ctrlKey || event.metaKey)) return;
  const key = event.key.toLowerCase();
  if (key !== 'z' && key !== 'y') return;
  event.preventDefault();
  if (key === 'y' || event.shiftKey) redo();
  else undo();
});
for (const sample of document.querySelectorAll('#samples button')) {
  sample.addEventListener('click', async () => {
    const picture = sample.querySelector('img');
    if (picture === null) return;
    const blob = await (await fetch(picture.src)).blob();
    const files = new DataTransfer();
    files.items.add(new File([blob], picture.src.split('/').at(-1) ?? 'sample.jpg', { type: blob.type }));
    take(files.files);
  });
}
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
  if (current !== null) current.sure = expect.checked;
  refresh();
});
element('again', HTMLElement).addEventListener('click', () => {
  if (current === null) return;
  current.sure = true;
  expect.checked = true;
  refresh();
});
correct.addEventListener('click', () => {
  if (!correcting) enterBrush();
  else {
    leaveBrush();
    refresh();
  }
});
element('undo', HTMLElement).addEventListener('click', undo);
element('redo', HTMLElement).addEventListener('click', redo);
element('clear', HTMLElement).addEventListener('click', () => {
  if (current !== null) draw([], [...current.undone, current.strokes]);
});
element('zoom-in', HTMLElement).addEventListener('click', () => zoom(1.5));
element('zoom-out', HTMLElement).addEventListener('click', () => zoom(1 / 1.5));
element('fit', HTMLElement).addEventListener('click', () => zoom(0));
cancel.addEventListener('click', () => {
  halted = true;
  running?.controller.abort();
  state.textContent = 'Cancelled.';
});
all.addEventListener('click', async () => {
  const done = photos().flatMap((item) => (item.outcome?.picture ? [{ item, picture: item.outcome.picture }] : []));
  const names = distinct(done.map(({ item, picture }) => nameOf(item, picture.ending)));
  const archive = await zipOf(done.map(({ picture }, i) => ({ name: names[i] ?? '', blob: picture.blob })));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(archive);
  link.download = 'dresses.zip';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
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
show();
