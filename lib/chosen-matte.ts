import { type Findings, noDress } from './findings';
import type { CutOutOptions } from './options';
import { matteOf } from './pipeline/dresses';
import type { DressLabels, Matte } from './raster';

/** The dresses of a photo, of which one can be chosen. */
export interface Choosable {
  /** Of all of them; `null` when the verdict is `no_dress`. */
  readonly matte: Matte | null;
  /** Which dress is where; left out where there is one, or none. */
  readonly labels?: DressLabels;
  readonly findings: Findings;
}

/**
 * The matte of all dresses, or of one.
 * @throws DresscutError `no-dress` where there is none of this number
 */
export function chosenMatte({ matte, labels, findings }: Choosable, which: CutOutOptions['which']): Matte {
  if (matte === null) throw noDress(findings, 'auto', 'There is no dress to render: the verdict is no_dress.');
  const number = which === 'main' ? 1 : which;
  if (number === 'all') return matte;
  const count = findings.dresses.length;
  if (number > count) {
    const shown = count === 1 ? 'one dress' : `${count} dresses`;
    throw noDress(findings, 'auto', `The photo shows ${shown}: there is no dress number ${number}.`);
  }
  return labels === undefined ? matte : matteOf(matte, labels, number);
}
