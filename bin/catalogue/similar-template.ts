import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAsset } from '../../lib/assets';

/** What stands in the slots of `static/similar.html`; markup, already escaped. */
export interface SimilarSlots {
  readonly query: string;
  readonly filters: string;
  readonly matches: string;
}

/** The page with its style inside. */
export function fillSimilarTemplate({ query, filters, matches }: SimilarSlots): string {
  const parts: Readonly<Record<string, string>> = {
    '/* {{palette}} */': readAsset('palette.css').toString(),
    '/* {{traits}} */': readAsset('traits.css').toString(),
    '<!-- {{query}} -->': query,
    '<!-- {{filters}} -->': filters,
    '<!-- {{matches}} -->': matches,
  };
  let page = readFileSync(join(__dirname, 'static', 'similar.html'), 'utf8');
  for (const [slot, content] of Object.entries(parts)) page = page.replace(slot, () => content);
  return page;
}
