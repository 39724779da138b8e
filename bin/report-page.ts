import { relative, sep } from 'node:path';
import type { Findings } from '../lib/findings';
import { escapeHtml, headOf } from '../lib/html';
import type { CutOutOptions } from '../lib/options';
import type { Thumbnails } from '../lib/thumbnails';
import { type Outcome, percent, type Tally } from './sentences';

const KINDS = ['ok', 'review', 'no_dress', 'failed'] as const;

export type ModelName = Findings['model'];

/** Everything of the page before its rows. No date and no times, so that the same photos give the same page. */
export function head(tally: Tally, options: CutOutOptions, model: ModelName | null): string {
  const { cut, review, noDress, failed } = tally;
  const counts = { ok: cut - review, review, no_dress: noDress, failed };
  // `autocomplete` keeps a browser from choosing again what was chosen before a reload.
  const filter = (id: string, label: string, number: number) => {
    const state = id === 'all' ? 'checked' : number === 0 ? 'disabled' : '';
    return `<label><input type="radio" name="show" value="${id}" autocomplete="off" ${state}>${label} <b>${number}</b></label>`;
  };
  const by = model === null ? '' : `${model.name} ${model.version}, `;
  const asked = `${by}${options.mode} mode, expect ${options.expect}`;
  return `${headOf('dresscut report', STYLE, ['img-src data:', "script-src 'unsafe-inline'"])}
<header>
<h1>dresscut report</h1>
<p>${escapeHtml(asked)}. Cut-outs stand in order of confidence, the least sure first.</p>
<fieldset><legend>Show</legend>
${filter('all', 'all', cut + noDress + failed)}
${KINDS.map((kind) => filter(kind, LABELS[kind], counts[kind])).join('\n')}
</fieldset>
<p class="keys"><kbd>j</kbd> <kbd>k</kbd> next, previous photo &middot; <kbd>1</kbd> <kbd>2</kbd> <kbd>3</kbd> or a click:
enlarge a picture, <kbd>Esc</kbd> closes it &middot; <kbd>Enter</kbd> opens the result</p>
</header>
<main>
`;
}

/** Everything of the page after its rows. */
export const ending = () => `</main>
<dialog aria-label="Enlarged picture"></dialog>
<script>${SCRIPT}</script>
`;

const LABELS = { ok: 'ok', review: 'to review', no_dress: 'no dress', failed: 'failed' } as const;

/**
 * One photo's row.
 *
 * @param pictures `null` where there are none to show
 * @param out the folder of the page, from which the result is linked
 */
export function row(outcome: Outcome, pictures: Thumbnails | null, out: string, options: CutOutOptions): string {
  const { job, error, result } = outcome;
  const kind = error === undefined ? result.findings.verdict : 'failed';
  const name = escapeHtml(job.name);
  const link = result !== undefined && result.image !== null ? href(relative(out, job.target)) : null;
  return `<article data-kind="${kind}" tabindex="-1">
<h2>${link === null ? name : `<a href="${link}">${name}</a>`}</h2><span class="kind">${LABELS[kind]}</span>
${pictures === null ? '' : figures(pictures, name, options)}
${error === undefined ? facts(outcome) : `<p class="error">${escapeHtml(error.message)} <small>(${error.code})</small></p>`}
</article>
`;
}

function figures({ width, height, photo, overlay, cutout }: Thumbnails, name: string, options: CutOutOptions): string {
  const { background } = options;
  const colour = background === null ? '' : ` style="background:rgb(${background.r} ${background.g} ${background.b})"`;
  const figure = (kind: string, label: string, bytes: Buffer | null, style = '') =>
    bytes === null
      ? ''
      : `<figure class="${kind}"><img width="${width}" height="${height}" loading="lazy" decoding="async" alt="${label} of ${name}"${style} src="data:image/webp;base64,${bytes.toString('base64')}"><figcaption>${label}</figcaption></figure>\n`;
  return `<div class="pictures">
${figure('photo', 'Photo', photo)}${figure('overlay', 'Overlay', overlay)}${figure('cutout', 'Cut-out', cutout, colour)}</div>`;
}

function facts({ result }: Outcome): string {
  if (result === undefined) return '';
  const { presence, confidence, coverage, skinLeak, box, photo } = result.findings;
  const found: readonly (readonly [string, string])[] =
    box === null
      ? []
      : [
          ['Confidence', percent(confidence)],
          ['Skin leak', percent(skinLeak)],
          ['Coverage', percent(coverage)],
          ['Box', `${box.width} × ${box.height} at ${box.left}, ${box.top}`],
        ];
  const all = [...found, ['Presence', percent(presence)], ['Size', `${photo.width} × ${photo.height} ${photo.format}`]];
  return `<dl>${all.map(([term, value]) => `<div><dt>${term}</dt><dd>${escapeHtml(value ?? '')}</dd></div>`).join('')}</dl>`;
}

/** A relative path as a link: a colon in a name must not become a scheme, nor a hash a fragment. */
function href(path: string): string {
  return escapeHtml(`./${path.split(sep).map(encodeURIComponent).join('/')}`);
}

const STYLE = `
:root { color-scheme: light dark; --ground: light-dark(#f6f6f4, #161617); --card: light-dark(#fff, #212123);
  --text: light-dark(#1d1d1f, #ececee); --faint: light-dark(#63636a, #a3a3ab); --line: light-dark(#dcdcd8, #39393d);
  --accent: light-dark(#0b57d0, #8ab4f8); }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 0 16px 40vh; max-width: 1500px; background: var(--ground); color: var(--text);
  font: 15px/1.45 system-ui, sans-serif }
header { padding: 16px 0 8px }
h1 { font-size: 22px; margin: 0 0 4px }
header p { margin: 0 0 10px; color: var(--faint) }
fieldset { border: 0; padding: 0; margin: 0 0 8px; display: flex; flex-wrap: wrap; gap: 6px }
legend { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
label { border: 1px solid var(--line); border-radius: 99px; padding: 4px 12px; background: var(--card); cursor: pointer }
label:has(:checked) { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent) }
label:has(:disabled) { opacity: .5; cursor: default }
label:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px }
label input { position: absolute; opacity: 0; pointer-events: none }
label b { font-variant-numeric: tabular-nums }
kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 5px; font: 13px ui-monospace, monospace }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(220px, 100% / 2 - 6px), 1fr)); gap: 12px }
article { grid-column: 1 / -1; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px 14px;
  min-width: 0; display: grid; grid-template-columns: 1fr auto; gap: 8px 12px; align-items: start;
  scroll-margin: 12px; content-visibility: auto; contain-intrinsic-size: auto 620px }
[data-kind=failed] { contain-intrinsic-size: auto 90px }
[data-kind=no_dress] { grid-column: auto; grid-template-columns: minmax(0, 1fr); align-content: start;
  contain-intrinsic-size: auto 380px }
[data-kind=no_dress] .kind { justify-self: start; grid-row: 2 }
[data-kind=no_dress] .pictures { display: block }
[data-kind=no_dress] img { max-height: 240px }
[data-kind=no_dress] figcaption { display: none }
article:focus { outline: 3px solid var(--accent); outline-offset: -1px }
h2 { font-size: 16px; margin: 0; overflow-wrap: anywhere; min-width: 0 }
a { color: var(--accent) }
.kind { border-radius: 99px; padding: 1px 10px; font-size: 13px; font-weight: 600; white-space: nowrap; color: #fff;
  background: #5f6368 }
[data-kind=ok] .kind { background: #1b7f3b }
[data-kind=review] .kind { background: #a85b00 }
[data-kind=failed] .kind { background: #b3261e }
.pictures, dl, .error { grid-column: 1 / -1 }
.pictures { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 8px }
figure { margin: 0 }
img { display: block; width: auto; height: auto; max-width: 100%; border-radius: 4px }
figcaption { color: var(--faint); font-size: 13px }
figure img { cursor: zoom-in }
dialog { border: 0; padding: 0; margin: auto; max-width: none; max-height: none; background: none }
dialog::backdrop { background: #000c }
dialog img { width: 100vw; height: 100vh; object-fit: contain; border-radius: 0; cursor: zoom-out }
.cutout img { background: repeating-conic-gradient(light-dark(#c9c9c9, #55555a) 0 25%, light-dark(#fff, #77777d) 0 50%)
  0 0 / 20px 20px }
dl { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 0 }
dt { color: var(--faint); font-size: 13px }
dd { margin: 0; font-variant-numeric: tabular-nums }
.error { margin: 0; overflow-wrap: anywhere }
${KINDS.map((kind) => `main[data-show=${kind}] > :not([data-kind=${kind}])`).join(', ')} { display: none }
@media (min-width: 1100px) {
  article:has(.overlay) { grid-template-columns: minmax(0, 1fr) 180px }
  article:has(.overlay) .pictures { grid-column: 1 }
  article:has(.overlay) .kind { justify-self: start }
  article:has(.overlay) dl { grid-column: 2; flex-direction: column; gap: 8px }
}
@media print { header .keys, fieldset { display: none } article { break-inside: avoid } }
`;

const SCRIPT = `
const dialog = document.querySelector('dialog');
const enlarge = (figure) => {
  if (!figure) return;
  const copy = figure.cloneNode(true);
  copy.querySelector('figcaption').remove();
  dialog.replaceChildren(copy);
  if (!dialog.open) dialog.showModal();
};
addEventListener('click', (event) => {
  if (dialog.open) dialog.close();
  else if (event.target.matches('figure img')) {
    event.target.closest('article').focus({ preventScroll: true });
    enlarge(event.target.closest('figure'));
  }
});
const main = document.querySelector('main');
addEventListener('change', (event) => { main.dataset.show = event.target.value; });
let current = null;
addEventListener('focusin', (event) => { current = event.target.closest('article') ?? current; });
addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if ('123'.includes(event.key)) enlarge(current?.querySelectorAll('figure')[event.key - 1]);
  if (event.key === 'Enter' && current === document.activeElement) current?.querySelector('h2 a')?.click();
  if (event.key !== 'j' && event.key !== 'k') return;
  dialog.close();
  const { show = 'all' } = main.dataset;
  const shown = [...main.children].filter(({ dataset }) => show === 'all' || dataset.kind === show);
  const next = shown[Math.max(0, shown.indexOf(current) + (event.key === 'j' ? 1 : -1))];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'start' });
});
`;
