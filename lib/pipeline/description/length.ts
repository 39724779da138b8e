import type { Length } from '../../description';
import type { Matte } from '../../raster';
import type { Person } from './person';

/**
 * Where the hem lies between the top of the head (0) and the soles (1). Shoulders stand at about 0.17, knees at 0.71,
 * ankles at 0.93. Chosen on the training dresses of `training/splits/ccp-descriptions.json`.
 */
const HEMS: readonly (readonly [below: number, length: Length])[] = [
  [0.64, 'mini'],
  [0.74, 'knee'],
  [0.865, 'midi'],
  [Number.POSITIVE_INFINITY, 'maxi'],
];

/** A person that comes so near to an edge of the photo, as a share of its height, goes on behind it. */
const EDGE = 0.008;
/** Less than this of a person beside the dress is no head and no feet: the dress hangs or lies, or is on a dummy. */
const BARE = 0.05;
/** Shoulders are this far below the top of the head, as a share of the whole height, or the head is not in the photo. */
const HEAD = 0.06;
/** The hem is the lowest row that is this wide, as a share of the widest: a slit's or a tip's end is not. */
const HEM_WIDTH = 0.3;

export function lengthOf(matte: Matte, person: Person | null): Length {
  if (person === null || matte.box === null || person.bare < BARE) return 'unknown';
  const tall = person.bottom - person.top;
  const shoulders = matte.box.top / matte.height;
  if (person.top < EDGE || person.bottom > 1 - EDGE || shoulders - person.top < HEAD * tall) return 'unknown';
  const hem = (hemRow(matte) - person.top) / tall;
  return HEMS.find(([below]) => hem < below)?.[1] ?? 'maxi';
}

/** As a share of the photo's height. */
function hemRow({ width, height, alpha, box }: Matte): number {
  if (box === null) return 0;
  const widths = Array.from({ length: box.height }, (_, y) => {
    const start = (box.top + y) * width + box.left;
    return alpha.subarray(start, start + box.width).reduce((sum, value) => sum + value, 0);
  });
  const widest = widths.reduce((most, value) => Math.max(most, value), 0);
  return (box.top + widths.findLastIndex((value) => value > HEM_WIDTH * widest) + 1) / height;
}
