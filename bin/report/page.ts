import { createHash } from 'node:crypto';
import type { Findings } from '../../lib/findings';
import { escapeHtml } from '../../lib/html';
import type { CutOutOptions } from '../../lib/options';
import type { Tally } from '../cut/format';
import { LABELS } from './row';
import { fillTemplate } from './template';

export type ModelName = Findings['model'];

/**
 * Everything of the page around its rows. No date and no times, so that the same photos give the same page.
 *
 * @param names of the photos, in any order: marks that a browser keeps are for just these
 */
export function frame(
  tally: Tally,
  options: CutOutOptions,
  model: ModelName | null,
  names: readonly string[],
): { beginning: string; ending: string } {
  const { cut, review, noDress, failed } = tally;
  const by = model === null ? '' : `${model.name} ${model.version}, `;
  const counts = { ok: cut - review, review, no_dress: noDress, failed };
  const kinds = (Object.keys(LABELS) as (keyof typeof LABELS)[]).map(
    (kind) => [kind, LABELS[kind], counts[kind]] as const,
  );
  const filters = [['all', 'all', cut + noDress + failed] as const, ...kinds].map(([kind, label, number]) => {
    const state = kind === 'all' ? 'checked' : number === 0 ? 'disabled' : '';
    return radio('show', kind, `${label} <b>${number}</b>`, state);
  });
  const id = createHash('sha256')
    .update([...names].sort().join('\n'))
    .digest('hex')
    .slice(0, 16);
  return fillTemplate({
    asked: escapeHtml(`${by}${options.mode} mode, expect ${options.expect}`),
    filters: filters.join('\n'),
    grounds: groundsOf(options).join('\n'),
    id,
    colour: colourOf(options),
  });
}

/** What may stand behind the cut-outs: what was asked for, if it was, and what shows an edge best. */
function groundsOf({ background }: CutOutOptions): string[] {
  const asked = background === null ? [] : [['asked', 'as asked'] as const];
  const others = [['checks', 'squares'] as const, ...['white', 'grey', 'black'].map((name) => [name, name] as const)];
  return [...asked, ...others].map(([value, label], index) =>
    radio('ground', value, label, index === 0 ? 'checked' : ''),
  );
}

function colourOf({ background }: CutOutOptions): string {
  return background === null ? 'transparent' : `rgb(${background.r} ${background.g} ${background.b})`;
}

function radio(group: string, value: string, label: string, state: '' | 'checked' | 'disabled'): string {
  // `autocomplete` keeps a browser from choosing again what was chosen before a reload.
  return `<label><input type="radio" name="${group}" value="${value}" autocomplete="off" ${state}>${label}</label>`;
}
