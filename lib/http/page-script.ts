/** What the page does, as the browser runs it: nothing but the public API. */
export const pageScript = String.raw`
'use strict';
const $ = (id) => document.getElementById(id);
const form = $('options'), stage = $('stage'), slider = $('slider');
const FINDINGS = [['Verdict', 'verdict'], ['Presence', 'presence'], ['Confidence', 'confidence'],
  ['Coverage', 'coverage'], ['Skin leak', 'skin-leak'], ['Box', 'box'], ['Model', 'model']];
let photo = null, photoUrl = '', resultUrl = '', turn = 0;

function asked() {
  const query = new URLSearchParams();
  const { output, format, background, crop, expect } = form.elements;
  if (output.value !== 'cutout') query.set('output', output.value);
  if (crop.checked) query.set('crop', 'true');
  const chosen = background.value === 'own' ? form.elements.colour.value : background.value;
  const jpeg = format.value === 'jpeg' && chosen === 'transparent';
  if (output.value === 'cutout' && (chosen !== 'transparent' || jpeg)) query.set('background', jpeg ? 'white' : chosen);
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
  form.elements.expect.checked = false;
  URL.revokeObjectURL(photoUrl);
  photoUrl = URL.createObjectURL(file);
  $('before').src = photoUrl;
  cut();
}

async function cut() {
  showCurl();
  if (!photo) return;
  const mine = ++turn;
  const { query, accept, ending } = asked();
  tell('');
  $('work').hidden = false;
  stage.classList.add('busy');
  $('state').textContent = 'Cutting...';
  try {
    // A file's own type may be anything; its bytes decide.
    const headers = { accept, 'content-type': 'application/octet-stream' };
    if ($('key').value) headers['x-api-key'] = $('key').value;
    const answer = await fetch('/v1/cutouts?' + query, { method: 'POST', body: photo, headers });
    if (mine !== turn) return;
    if (answer.ok) await show(answer, ending);
    else refuse(await answer.json());
  } catch (error) {
    if (mine === turn) refuse({ title: 'The service cannot be reached', detail: String(error.message) });
  } finally {
    if (mine === turn) stage.classList.remove('busy');
  }
}

async function show(answer, ending) {
  const blob = await answer.blob();
  URL.revokeObjectURL(resultUrl);
  resultUrl = URL.createObjectURL(blob);
  $('after').src = resultUrl;
  $('after').hidden = $('result').hidden = false;
  const beside = form.elements.crop.checked || $('before').hidden;
  stage.className = beside ? 'beside' : 'compare';
  slider.hidden = beside;
  $('download').href = resultUrl;
  $('download').download = (photo.name || 'photo').replace(/\.[^.]*$/, '') + '-dress.' + ending;
  $('findings').replaceChildren(...FINDINGS.flatMap(([label, name]) => {
    const value = answer.headers.get('x-dresscut-' + name);
    if (value === null) return [];
    const dt = document.createElement('dt'), dd = document.createElement('dd');
    dt.textContent = label;
    dd.textContent = value.replaceAll(',', ', ');
    return [dt, dd];
  }));
  $('state').textContent = 'Done: the dress is cut out, ' + Math.ceil(blob.size / 1000) + ' kB.';
}

function refuse(problem) {
  $('after').hidden = $('result').hidden = slider.hidden = true;
  stage.className = '';
  $('state').textContent = '';
  $('keys').hidden = $('keys').hidden && !String(problem.code).startsWith('key-');
  tell(problem.title, problem.detail, problem.code === 'no-dress' && !form.elements.expect.checked);
}

$('before').addEventListener('error', () => { if (photoUrl) $('before').hidden = true; });
$('before').addEventListener('load', () => { $('before').hidden = false; });
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
form.addEventListener('change', () => {
  form.elements.colour.hidden = form.elements.background.value !== 'own';
  cut();
});
$('again').addEventListener('click', () => { form.elements.expect.checked = true; cut(); });
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
showCurl();
`;
