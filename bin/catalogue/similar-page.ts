import type { Match } from '../../lib/catalogue/catalogue';
import type { SearchOptions } from '../../lib/catalogue/options';
import type { Traits } from '../../lib/description';
import { escapeHtml } from '../../lib/html';
import type { Thumbnails } from '../../lib/thumbnails';
import { traitsHtml } from '../report/traits';
import { fillSimilarTemplate } from './similar-template';

interface Content {
  readonly photo: string;
  readonly description: Traits;
  readonly thumbnails: Thumbnails;
  readonly matches: readonly Match[];
  readonly search: SearchOptions;
}

/** One file that shows the photo and its likes. The likes' own photos are linked where their metadata has a `url`. */
export function similarPage({ photo, description, thumbnails, matches, search }: Content): string {
  const { width, height, cutout, photo: small } = thumbnails;
  const source = `data:image/webp;base64,${(cutout ?? small).toString('base64')}`;
  return fillSimilarTemplate({
    query: `<img width="${width}" height="${height}" alt="The dress of the query" src="${source}">
<h2>${escapeHtml(photo)}</h2>${traitsHtml(description)}`,
    filters: filtersOf(search),
    matches: matches.map(row).join('\n'),
  });
}

function row({ id, score, traits, metadata }: Match): string {
  const url = typeof metadata.url === 'string' && /^https?:/.test(metadata.url) ? metadata.url : null;
  const name = url === null ? escapeHtml(id) : `<a href="${escapeHtml(url)}">${escapeHtml(id)}</a>`;
  const own = Object.entries(metadata).map(([key, value]) => `${key} ${value}`);
  return `<li><meter min="0" max="1" value="${Math.max(0, score).toFixed(3)}"></meter>
<b>${score.toFixed(3)}</b> ${name}${traitsHtml(traits)}<small>${escapeHtml(own.join(', '))}</small></li>`;
}

function filtersOf({ filter: { metadata = {}, ...rest } }: SearchOptions): string {
  const given = Object.entries({ ...rest, ...metadata }).filter(([, value]) => value !== undefined);
  const words = given.map(([name, value]) => `${name} ${value}`);
  return escapeHtml(words.length === 0 ? 'no filter' : `only ${words.join(', ')}`);
}
