import { relative, sep } from 'node:path';
import { escapeHtml } from '../../lib/html';
import type { Thumbnails } from '../../lib/thumbnails';
import { type Outcome, percent } from '../cut/format';
import { traitsHtml } from './traits';

/** What each kind of outcome is called on the page, in the order in which it can be filtered. */
export const LABELS = { ok: 'ok', review: 'to review', no_dress: 'no dress', failed: 'failed' } as const;

/**
 * One photo's row.
 *
 * @param pictures `null` where there are none to show
 * @param out the folder of the page, from which the result is linked
 */
export function row(outcome: Outcome, pictures: Thumbnails | null, out: string): string {
  const { job, error, result } = outcome;
  const kind = error === undefined ? result.findings.verdict : 'failed';
  const name = escapeHtml(job.name);
  const link = result !== undefined && result.image !== null ? href(relative(out, job.target)) : null;
  return `<article data-kind="${kind}" data-name="${name}" tabindex="-1">
<h2>${link === null ? name : `<a href="${link}">${name}</a>`}</h2><span class="kind">${LABELS[kind]}</span>
${pictures === null ? '' : figures(pictures, name)}
${error === undefined ? facts(outcome) : `<p class="error">${escapeHtml(error.message)} <small>(${error.code})</small></p>`}
</article>
`;
}

function figures({ width, height, photo, overlay, cutout }: Thumbnails, name: string): string {
  const figure = (kind: string, label: string, bytes: Buffer | null) =>
    bytes === null
      ? ''
      : `<figure class="${kind}"><img width="${width}" height="${height}" loading="lazy" decoding="async" \
alt="${label} of ${name}" src="data:image/webp;base64,${bytes.toString('base64')}">\
<figcaption>${label}</figcaption></figure>\n`;
  return `<div class="pictures">
${figure('photo', 'Photo', photo)}${figure('overlay', 'Overlay', overlay)}${figure('cutout', 'Cut-out', cutout)}</div>`;
}

function facts({ result }: Outcome): string {
  if (result === undefined) return '';
  const { description, reasons, advice, presence, confidence, coverage, skinLeak, box, dresses, photo } =
    result.findings;
  const found: readonly (readonly [string, string])[] =
    box === null
      ? []
      : [
          ['Confidence', percent(confidence)],
          ['Skin leak', percent(skinLeak)],
          ['Coverage', percent(coverage)],
          ['Box', `${box.width} × ${box.height} at ${box.left}, ${box.top}`],
        ];
  const listed = [
    ['Reasons', reasons.join(', ')],
    ['Advice', advice.join(', ')],
    ['Dresses', dresses.length > 1 ? String(dresses.length) : ''],
  ].filter(([, value]) => value !== '');
  const all = [
    ...listed,
    ...found,
    ['Presence', percent(presence)],
    ['Size', `${photo.width} × ${photo.height} ${photo.format}`],
  ];
  const traits = description === undefined ? '' : traitsHtml(description);
  return `${traits}<dl>${all.map(([term, value]) => `<div><dt>${term}</dt><dd>${escapeHtml(value ?? '')}</dd></div>`).join('')}</dl>`;
}

/** A relative path as a link: a colon in a name must not become a scheme, nor a hash a fragment. */
function href(path: string): string {
  return escapeHtml(`./${path.split(sep).map(encodeURIComponent).join('/')}`);
}
