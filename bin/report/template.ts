import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAsset } from '../../lib/assets';

const read = (name: string) => readFileSync(join(__dirname, 'static', name), 'utf8');

/** What stands in the slots of `static/page.html`; markup, already escaped. */
export interface Slots {
  readonly asked: string;
  readonly filters: string;
  readonly grounds: string;
  readonly id: string;
  /** A CSS colour. */
  readonly colour: string;
}

/**
 * The page before and after its rows, with style and script inside, so that one file is all of it.
 */
export function fillTemplate({ asked, filters, grounds, id, colour }: Slots): { beginning: string; ending: string } {
  const parts: Readonly<Record<string, string>> = {
    '/* {{palette}} */': readAsset('palette.css').toString(),
    '/* {{style}} */': `${readAsset('traits.css')}${read('page.css')}`,
    '/* {{script}} */': read('page.js'),
    '<!-- {{asked}} -->': asked,
    '<!-- {{filters}} -->': filters,
    '<!-- {{grounds}} -->': grounds,
    '{{id}}': id,
    '{{colour}}': colour,
  };
  let page = read('page.html');
  for (const [slot, content] of Object.entries(parts)) page = page.replace(slot, () => content);
  const [beginning = '', ending = ''] = page.split('<!-- {{rows}} -->\n');
  return { beginning, ending };
}
