import { boundingBox, growBox } from './box';

/** A way through a picture: what each pixel costs to enter, and the colours whose changes cost extra. */
export interface Terrain {
  readonly width: number;
  readonly height: number;
  /** Cost of a step of one pixel into each pixel, at least 1; infinite where no way leads. */
  readonly cost: Float32Array;
  /** `3 * width * height` floats, OKLab. */
  readonly lab: Float32Array;
  /** Cost of a change of colour by 1 in OKLab, in pixels. */
  readonly contrast: number;
}

/** Forward and backward, twice: ways that turn back more than once are rare, and some steps too dear. */
const SWEEPS = 4;
const DIAGONAL = Math.SQRT2;

/**
 * How far each pixel is from the seeds along the cheapest way, by raster scans (Criminisi, Sharp, Blake, "GeoS:
 * Geodesic Image Segmentation", ECCV 2008).
 *
 * @param isSeed which pixels have distance 0
 * @param most ways longer than this are not followed
 * @returns `width * height` floats, in pixels of a plain picture; infinite where no way leads
 */
export function geodesicDistance(terrain: Terrain, isSeed: (pixel: number) => boolean, most: number): Float32Array {
  const { width, height } = terrain;
  const distance = new Float32Array(width * height).fill(Number.POSITIVE_INFINITY);
  const seeds = new Uint8Array(width * height);
  for (let i = 0; i < seeds.length; i++) {
    if (!isSeed(i)) continue;
    seeds[i] = 1;
    distance[i] = 0;
  }
  const around = boundingBox({ width, height, data: seeds }, 0);
  if (around === null) return distance;
  // A step costs at least 1: what lies farther than `most` steps from all seeds is not reached.
  const { left, top, ...size } = growBox(around, terrain, Math.min(width + height, Math.floor(most) + 1));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const back = sweep % 2 === 1;
    for (let row = 0; row < size.height; row++) {
      const y = top + (back ? size.height - 1 - row : row);
      for (let column = 0; column < size.width; column++) {
        relax(terrain, distance, left + (back ? size.width - 1 - column : column), y, back ? 1 : -1, most);
      }
    }
  }
  return distance;
}

/** Is a way through one of the four neighbours that this sweep has seen already any shorter? */
function relax(terrain: Terrain, distance: Float32Array, ...[x, y, from, most]: At): void {
  const { width, height, cost } = terrain;
  const here = y * width + x;
  let best = distance[here]!;
  if (best === 0 || cost[here] === Number.POSITIVE_INFINITY) return;
  const [beside, row] = [x + from, y + from];
  if (beside >= 0 && beside < width) best = shorter(terrain, distance, here, here + from, 1, best, most);
  if (row >= 0 && row < height) {
    const above = row * width + x;
    best = shorter(terrain, distance, here, above, 1, best, most);
    if (x > 0) best = shorter(terrain, distance, here, above - 1, DIAGONAL, best, most);
    if (x < width - 1) best = shorter(terrain, distance, here, above + 1, DIAGONAL, best, most);
  }
  distance[here] = best;
}

type At = [x: number, y: number, from: -1 | 1, most: number];

/** The best way so far, or the one over a neighbour. */
function shorter(
  { cost, lab, contrast }: Terrain,
  distance: Float32Array,
  here: number,
  there: number,
  length: number,
  best: number,
  most: number,
): number {
  const so = distance[there]!;
  if (so >= best || so > most) return best;
  const l = lab[3 * here]! - lab[3 * there]!;
  const a = lab[3 * here + 1]! - lab[3 * there + 1]!;
  const b = lab[3 * here + 2]! - lab[3 * there + 2]!;
  return Math.min(best, so + length * cost[here]! + contrast * Math.sqrt(l * l + a * a + b * b));
}
