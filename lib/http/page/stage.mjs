import { choice, element } from './dom.mjs';

const stage = element('stage', HTMLElement);
const slider = element('slider', HTMLInputElement);
const before = element('before', HTMLImageElement);
const after = element('after', HTMLImageElement);
const result = element('result', HTMLElement);
const download = element('download', HTMLElement);
const paint = element('paint', HTMLCanvasElement);
const crop = element('crop', HTMLInputElement);
const output = choice('output');

let resultUrl = '';
let correcting = false;

/** @param {string} url of the photo that is to be cut; what was cut before goes */
export function showPhoto(url) {
  hideResult();
  stage.className = 'alone';
  before.src = url;
}

/**
 * The picture that came, once it has its size.
 *
 * @param {Blob} picture
 * @param {boolean} brush whether it was asked for to be corrected
 * @param {() => boolean} wanted whether nothing newer has been asked for meanwhile
 * @returns {Promise<{ url: string, width: number, height: number } | null>} `null`: not wanted any more
 */
export async function showResult(picture, brush, wanted) {
  const url = URL.createObjectURL(picture);
  const next = new Image();
  next.src = url;
  // A picture that cannot be read is refused by the service; here it has its size before it is laid out.
  await next.decode().catch(() => undefined);
  if (!wanted()) {
    URL.revokeObjectURL(url);
    return null;
  }
  URL.revokeObjectURL(resultUrl);
  resultUrl = url;
  correcting = brush;
  after.src = url;
  after.hidden = false;
  result.hidden = false;
  download.hidden = false;
  stage.hidden = false;
  lay();
  return { url, width: next.naturalWidth, height: next.naturalHeight };
}

export function hideResult() {
  after.hidden = true;
  result.hidden = true;
  download.hidden = true;
  lay();
}

/** @param {boolean} busy */
export function setBusy(busy) {
  stage.classList.toggle('busy', busy);
}

/** @param {boolean} on whether strokes are drawn: the cut-out lies over the faded photo */
export function setCorrecting(on) {
  correcting = on;
  lay();
}

/** Whether the browser can show the photo itself, which a brush needs. */
export const photoIsSeen = () => !before.hidden && before.naturalWidth > 0;

/** Photo under cut-out with a slider where both have the same frame, else beside each other. */
function lay() {
  const seen = !before.hidden;
  const apart = after.hidden || !seen ? 'alone' : crop.checked ? 'beside' : 'compare';
  const mode = correcting && seen ? 'correct' : apart;
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
  paint.hidden = mode !== 'correct';
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
