import { choice, element } from './dom.mjs';

const stage = element('stage', HTMLElement);
const slider = element('slider', HTMLInputElement);
const before = element('before', HTMLImageElement);
const after = element('after', HTMLImageElement);
const result = element('result', HTMLElement);
const crop = element('crop', HTMLInputElement);
const output = choice('output');

let photoUrl = '';
let resultUrl = '';

/** @param {Blob} photo that is to be cut; what was cut before goes */
export function showPhoto(photo) {
  URL.revokeObjectURL(photoUrl);
  photoUrl = URL.createObjectURL(photo);
  after.hidden = true;
  result.hidden = true;
  slider.hidden = true;
  stage.className = 'alone';
  before.src = photoUrl;
}

/**
 * The picture that came, once it has its size.
 *
 * @param {Blob} picture
 * @param {() => boolean} wanted whether nothing newer has been asked for meanwhile
 * @returns {Promise<{ url: string, width: number, height: number } | null>} `null`: not wanted any more
 */
export async function showResult(picture, wanted) {
  URL.revokeObjectURL(resultUrl);
  resultUrl = URL.createObjectURL(picture);
  after.src = resultUrl;
  // A picture that cannot be read is refused by the service; here it has its size before it is laid out.
  await after.decode().catch(() => undefined);
  if (!wanted()) return null;
  after.hidden = false;
  result.hidden = false;
  stage.hidden = false;
  lay();
  return { url: resultUrl, width: after.naturalWidth, height: after.naturalHeight };
}

export function hideResult() {
  after.hidden = true;
  result.hidden = true;
  lay();
}

/** @param {boolean} busy */
export function setBusy(busy) {
  stage.classList.toggle('busy', busy);
}

/** Photo under cut-out with a slider where both have the same frame, else beside each other. */
function lay() {
  const seen = !before.hidden;
  const mode = after.hidden || !seen ? 'alone' : crop.checked ? 'beside' : 'compare';
  const shown = seen ? before : after;
  if (shown.naturalHeight > 0) {
    stage.style.setProperty('--ratio', String(shown.naturalWidth / shown.naturalHeight));
  }
  const kinds = new Map([
    ['cutout', 'Cut-out'],
    ['mask', 'Mask'],
    ['overlay', 'Overlay'],
  ]);
  element('kind', HTMLElement).textContent = kinds.get(output.value) ?? '';
  const busy = stage.classList.contains('busy');
  stage.className = mode;
  setBusy(busy);
  slider.hidden = mode !== 'compare';
}

// A few browsers read HEIC, most do not: then the cut-out stands alone.
before.addEventListener('error', () => {
  before.hidden = true;
  stage.hidden = after.hidden;
  lay();
});
before.addEventListener('load', () => {
  before.hidden = false;
  stage.hidden = false;
  lay();
});
slider.addEventListener('input', () => stage.style.setProperty('--at', `${slider.value}%`));
