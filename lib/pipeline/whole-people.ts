import type { Box, Mask } from '../raster';
import { joinBoxes } from './box';
import { type Components, components } from './components';

/** So much of the narrower half's width lies above or below the other half. */
const ABOVE = 0.7;
/** Rows that both halves may have, as a share of the lower one's height: hair falls over a coat. */
const LAP = 0.2;
/** A garment between two halves that the network does not see, as a share of the person's height. */
const GAP = 0.4;

/**
 * Connected groups of people. Where the network does not see a checked shirt or a striped skirt, what it sees above and
 * below that is one person still.
 *
 * @param people upright
 * @param least smaller groups, in pixels, are no halves of anybody
 */
export function wholePeople(people: Mask, least: number): Components {
  const { labels, areas, boxes } = components(people, 8);
  /** Of each group, the one that it is a part of: its own, or the topmost half's. */
  const wholes = areas.map((_, i) => i);
  const found = wholes.map((i) => ({ area: areas[i]!, box: boxes[i]! }));
  const fromTop = wholes.filter((i) => areas[i]! >= least).sort((a, b) => boxes[a]!.top - boxes[b]!.top);
  fromTop.forEach((lower, k) => {
    const upper = fromTop.slice(0, k).find((i) => wholes[i] === i && areHalves(found[i]!.box, boxes[lower]!));
    if (upper === undefined) return;
    wholes[lower] = upper;
    found[upper] = {
      area: found[upper]!.area + areas[lower]!,
      box: joinBoxes(found[upper]!.box, boxes[lower]!),
    };
  });
  const kept = wholes.filter((whole, i) => whole === i);
  const numbers = wholes.map((whole) => kept.indexOf(whole) + 1);
  return {
    labels: labels.map((label) => (label === 0 ? 0 : numbers[label - 1]!)),
    areas: kept.map((i) => found[i]!.area),
    boxes: kept.map((i) => found[i]!.box),
  };
}

function areHalves(upper: Box, lower: Box): boolean {
  const right = Math.min(upper.left + upper.width, lower.left + lower.width);
  const common = right - Math.max(upper.left, lower.left);
  const gap = lower.top - (upper.top + upper.height);
  const tall = lower.top + lower.height - upper.top;
  return common >= ABOVE * Math.min(upper.width, lower.width) && gap >= -LAP * lower.height && gap <= GAP * tall;
}
