import type { Box, Mask, Plane } from '../raster';
import { type Components, components } from './components';
import { type Companions, dressesAmong } from './second-dresses';

/**
 * Belts, arms and bags cut a dress in pieces one above the other: a smaller piece belongs to the largest when it
 * lies below or above it, within this share of its width to either side; else it is a passer-by.
 */
const ASIDE = 0.15;
/** Below this share it is a speck wherever it lies. */
const SPECK = 0.006;
/** Holes smaller than this share of the largest piece are pinholes and are filled. */
const PINHOLE = 0.002;
/** Larger holes are filled only where the network gives dress this mean probability in them. */
const SURE_HOLE = 0.5;

/**
 * Drop specks, fill pinholes.
 *
 * @param dress the network's probability of dress, of the mask's size
 * @returns a new mask
 */
export function cleanMask(mask: Mask, dress: Plane, companions: Companions): Mask {
  const pieces = components(mask, 8);
  const largest = Math.max(0, ...pieces.areas);
  const kept = belonging(pieces, dressesAmong(pieces, companions));
  const clean = { ...mask, data: new Uint8Array(mask.data.length) };
  const open = { ...mask, data: new Uint8Array(mask.data.length) };
  for (let i = 0; i < clean.data.length; i++) {
    if (mask.data[i] === 1 && kept[pieces.labels[i]! - 1]) clean.data[i] = 1;
    else open.data[i] = 1;
  }
  const gaps = components(open, 4);
  const seen = meanPerComponent(gaps, dress);
  const filled = gaps.areas.map(
    (area, i) => !touchesBorder(gaps.boxes[i]!, mask) && (area < PINHOLE * largest || seen[i]! > SURE_HOLE),
  );
  for (let i = 0; i < open.data.length; i++) if (open.data[i] === 1 && filled[gaps.labels[i]! - 1]) clean.data[i] = 1;
  return clean;
}

function belonging({ areas, boxes }: Components, dresses: readonly boolean[]): boolean[] {
  const largest = Math.max(0, ...areas);
  const main = boxes[areas.indexOf(largest)];
  return areas.map((area, i) => {
    const box = boxes[i];
    if (main === undefined || box === undefined || dresses[i]) return true;
    const centre = box.left + box.width / 2;
    const aside = ASIDE * main.width;
    return area >= SPECK * largest && centre > main.left - aside && centre < main.left + main.width + aside;
  });
}

function touchesBorder(box: Box, { width, height }: Mask): boolean {
  return box.left === 0 || box.top === 0 || box.left + box.width === width || box.top + box.height === height;
}

function meanPerComponent({ labels, areas }: Components, { data }: Plane): number[] {
  const sums = areas.map(() => 0);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label > 0) sums[label - 1] = sums[label - 1]! + data[i]!;
  }
  return sums.map((sum, i) => sum / areas[i]!);
}
