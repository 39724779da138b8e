/** What the page does, as the browser runs it: nothing but the public API. */
export const pageScript = String.raw`
'use strict';
const $ = (id) => document.getElementById(id);
const form = $('options'), stage = $('stage'), slider = $('slider'), before = $('before'), after = $('after');
const { output, background, format, colour, crop, expect } = form.elements;
/** Longest side to which a photo is reduced that is too large to be sent as it is. */
const REDUCED = 2400;
let photo = null, photoUrl = '', resultUrl = '', turn = 0;

function asked() {
  const query = new URLSearchParams();
  if (output.value !== 'cutout') query.set('output', output.value);
  if (crop.checked) query.set('crop', 'true');
  const chosen = background.value === 'own' ? colour.value : background.value;
  if (output.value === 'cutout' && chosen !== 'transparent') query.set('background', chosen);
  if (expect.checked) query.set('expect', 'dress');
  return { query: query.toString(), accept: 'image/' + format.value, ending: format.value.replace('jpeg', 'jpg') };
}

const quoted = (text) => "'" + text.replaceAll("'", "'\\''") + "'";
function showCurl() {
  const { query, accept, ending } = asked();
  const key = $('key').value ? ' -H "X-Api-Key: $DRESSCUT_KEY"' : '';
  $('curl').textContent = 'curl -sS --fail-with-body' + key + " -H 'Accept: " + accept + "' --data-binary @" +
    quoted(photo ? photo.name || 'photo.png' : 'photo.jpg') + ' ' +
    quoted(location.origin + '/v1/cutouts' + (query && '?' + query)) + ' -o dress.' + ending;
}

function tell(title, detail, again) {
  $('message').hidden = !title;
  $('title').textContent = title || '';
  $('detail').textContent = detail || '';
  $('again').hidden = !again;
}

function take(file) {
  if (!file) return;
  photo = file;
  expect.checked = false;
  URL.revokeObjectURL(photoUrl);
  photoUrl = URL.createObjectURL(file);
  after.hidden = $('result').hidden = slider.hidden = true;
  stage.className = 'alone';
  before.src = photoUrl;
  $('drop').classList.add('small');
  cut();
}

async function send(body) {
  // A file's own type may be anything; its bytes decide.
  const headers = { accept: asked().accept, 'content-type': 'application/octet-stream' };
  if ($('key').value) headers['x-api-key'] = $('key').value;
  return fetch('/v1/cutouts?' + asked().query, { method: 'POST', body, headers });
}

/** Upright and smaller, or null where it is small already or the browser cannot read it. */
async function reduced(file) {
  const picture = await createImageBitmap(file).catch(() => null);
  const scale = picture === null ? 1 : REDUCED / Math.max(picture.width, picture.height);
  if (scale >= 1) return null;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92));
}

async function cut() {
  showCurl();
  if (!photo) return;
  const mine = ++turn;
  const { ending } = asked();
  tell('');
  stage.classList.add('busy');
  $('state').textContent = 'Cutting...';
  try {
    let answer = await send(photo);
    const smaller = answer.status === 413 && mine === turn ? await reduced(photo) : null;
    if (smaller !== null && mine === turn) answer = await send(smaller);
    if (mine !== turn) return;
    if (answer.ok) await show(answer, ending, smaller !== null, mine);
    else refuse(await answer.json().catch(() => ({})), answer.status);
  } catch (error) {
    if (mine === turn) refuse({ title: 'The service cannot be reached', detail: String(error.message) });
  } finally {
    if (mine === turn) stage.classList.remove('busy');
  }
}

async function show(answer, ending, smaller, mine) {
  const blob = await answer.blob();
  if (mine !== turn) return;
  URL.revokeObjectURL(resultUrl);
  resultUrl = URL.createObjectURL(blob);
  after.src = resultUrl;
  // A picture that cannot be read is refused by the service; here it has its size before it is laid out.
  await after.decode().catch(() => undefined);
  if (mine !== turn) return;
  after.hidden = $('result').hidden = stage.hidden = false;
  lay();
  $('download').href = resultUrl;
  $('download').download = (photo.name || 'photo').replace(/\.[^.]*$/, '') + '-dress.' + ending;
  report(answer.headers);
  const size = after.naturalWidth + ' × ' + after.naturalHeight + ' pixels, ' + Math.ceil(blob.size / 1000) + ' kB';
  const note = smaller ? ' The photo was too large to be sent and was reduced to ' + REDUCED + ' pixels.' : '';
  $('state').textContent = 'Done: ' + size + '.' + note;
}

/** Photo under cut-out with a slider where both have the same frame, else beside each other. */
function lay() {
  const seen = !before.hidden;
  const mode = after.hidden || !seen ? 'alone' : crop.checked ? 'beside' : 'compare';
  const shown = seen ? before : after;
  if (shown.naturalHeight > 0) stage.style.setProperty('--ratio', shown.naturalWidth / shown.naturalHeight);
  $('kind').textContent = { cutout: 'Cut-out', mask: 'Mask', overlay: 'Overlay' }[output.value];
  const busy = stage.classList.contains('busy');
  stage.className = mode;
  stage.classList.toggle('busy', busy);
  slider.hidden = mode !== 'compare';
}

const percent = (text) => (Number(text) * 100).toFixed(1) + ' %';
function report(headers) {
  const get = (name) => headers.get('x-dresscut-' + name);
  const [left, top, width, height] = (get('box') || '').split(',');
  const [photoWidth, photoHeight, kind] = (get('photo') || '').split(',');
  const steps = [...(headers.get('server-timing') || '').matchAll(/dur=([\d.]+)/g)];
  const time = steps.reduce((sum, [, step]) => sum + Number(step), 0);
  const review = get('verdict') === 'review';
  $('verdict').textContent = review ? 'Verdict: review. Have a look before you use it.' : 'Verdict: ok.';
  $('verdict').className = review ? 'review' : '';
  const rows = [['A dress is worn', percent(get('presence'))], ['Sure of its shape', percent(get('confidence'))],
    ['Skin in the cut-out', percent(get('skin-leak'))], ['Share of the photo', percent(get('coverage'))],
    ['Box', width + ' × ' + height + ' at ' + left + ', ' + top],
    ['Photo', photoWidth + ' × ' + photoHeight + ' ' + kind], ['Time', Math.round(time) + ' ms'],
    ['Network', get('model').replace('/', ' ')]];
  $('findings').replaceChildren(...rows.flatMap((row) => row.map((text, column) => {
    const cell = document.createElement(column === 0 ? 'dt' : 'dd');
    cell.textContent = text;
    return cell;
  })));
}

function refuse(problem, status) {
  after.hidden = $('result').hidden = true;
  lay();
  $('state').textContent = '';
  const { code = '', title = 'The service answered with status ' + status, detail } = problem;
  const locked = code.startsWith('key-');
  if (locked) $('keys').hidden = false;
  tell(title, detail, code === 'no-dress' && !expect.checked);
  if (locked) $('key').focus();
}

/** A few browsers read HEIC, most do not: then the cut-out stands alone. */
before.addEventListener('error', () => {
  before.hidden = true;
  stage.hidden = after.hidden;
  lay();
});
before.addEventListener('load', () => {
  before.hidden = stage.hidden = false;
  lay();
});
slider.addEventListener('input', () => stage.style.setProperty('--at', slider.value + '%'));
for (const id of ['file', 'camera']) $(id).addEventListener('change', (event) => {
  take(event.target.files[0]);
  event.target.value = '';
});
const drop = $('drop');
document.addEventListener('dragover', (event) => { event.preventDefault(); drop.classList.add('over'); });
document.addEventListener('dragleave', () => drop.classList.remove('over'));
document.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  take(event.dataTransfer.files[0]);
});
document.addEventListener('paste', (event) => take(event.clipboardData.files[0]));
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('change', (event) => {
  // JPEG has no transparency: whichever of the two was chosen last stands.
  const clash = output.value === 'cutout' && format.value === 'jpeg' && background.value === 'transparent';
  if (clash && event.target.name === 'background') format.value = 'png';
  else if (clash) background.value = 'white';
  $('own').hidden = background.value !== 'own';
  $('background').disabled = output.value !== 'cutout';
  colour.disabled = output.value !== 'cutout';
  cut();
});
$('again').addEventListener('click', () => { expect.checked = true; cut(); });
$('copy').addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText($('curl').textContent);
    $('copy').textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren($('curl'));
    $('copy').textContent = 'Selected: press Ctrl-C';
  }
  setTimeout(() => { $('copy').textContent = 'Copy'; }, 2000);
});
// Elsewhere the same dialogue would open twice.
$('take').hidden = navigator.maxTouchPoints === 0;
showCurl();
`;
