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
  for (let i = 0; i < distance.length; i++) if (isSeed(i)) distance[i] = 0;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const back = sweep % 2 === 1;
    for (let row = 0; row < height; row++) {
      const y = back ? height - 1 - row : row;
      for (let column = 0; column < width; column++) {
        relax(terrain, distance, back ? width - 1 - column : column, y, back ? 1 : -1, most);
      }
    }
  }
  return distance;
}

/** Is a way through one of the four neighbours that this sweep has seen already any shorter? */
function relax({ width, height, cost, lab, contrast }: Terrain, distance: Float32Array, ...at: At): void {
  const [x, y, from, most] = at;
  const here = y * width + x;
  const enter = cost[here]!;
  let best = distance[here]!;
  const by = (there: number, length: number) => {
    const so = distance[there]!;
    if (so >= best || so > most) return;
    const l = lab[3 * here]! - lab[3 * there]!;
    const a = lab[3 * here + 1]! - lab[3 * there + 1]!;
    const b = lab[3 * here + 2]! - lab[3 * there + 2]!;
    best = Math.min(best, so + length * enter + contrast * Math.sqrt(l * l + a * a + b * b));
  };
  const [beside, row] = [x + from, y + from];
  if (beside >= 0 && beside < width) by(here + from, 1);
  if (row >= 0 && row < height) {
    const above = row * width + x;
    by(above, 1);
    if (x > 0) by(above - 1, DIAGONAL);
    if (x < width - 1) by(above + 1, DIAGONAL);
  }
  distance[here] = best;
}

type At = [x: number, y: number, from: -1 | 1, most: number];
