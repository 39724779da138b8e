import type { Traits } from '../../lib/description';
import { escapeHtml } from '../../lib/html';

/** What a dress looks like, as chips: one for each colour with its share, then pattern and length. */
export function traitsHtml({ colours, pattern, length }: Traits): string {
  const swatches = colours.map(({ name, hex, share }) => {
    const swatch = `<i style="background:${escapeHtml(hex)}"></i>`;
    return `${swatch}${escapeHtml(name)} ${Math.round(100 * share)}&nbsp;%`;
  });
  const words = [pattern, length === 'unknown' ? 'length unknown' : length];
  return `<p class="traits">${[...swatches, ...words].map((chip) => `<span>${chip}</span>`).join(' ')}</p>`;
}
