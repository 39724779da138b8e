import type { Photo, Plane } from '../raster';
import type { LogLikelihood } from './colour-model';
import { DIRECTIONS, type Network } from './min-cut';

/** How likely a colour is on either side of the cut. */
export interface Sides {
  readonly foreground: LogLikelihood;
  readonly background: LogLikelihood;
}

/** The open pixels of a trimap and what it costs to part them: from each other, from the sure ones, from a side. */
export interface CutNetwork extends Network {
  /** Where each pixel of the network lies in the photo. */
  readonly pixels: Int32Array;
}

/**
 * GrabCut's energy (Rother, Kolmogorov, Blake, SIGGRAPH 2004) as a network. Only open pixels are in it: what joins one
 * to a sure neighbour counts as joining it to that side.
 *
 * @param trimap each value one of GrabCut's four words
 * @param smoothness the paper's gamma
 */
export function cutNetwork(
  photo: Photo,
  { width, data: trimap }: Plane<Uint8Array>,
  { foreground, background }: Sides,
  smoothness: number,
): CutNetwork {
  const { rgb } = photo;
  const places = new Int32Array(trimap.length);
  let count = 0;
  for (let i = 0; i < trimap.length; i++) places[i] = trimap[i]! > 1 ? count++ : -1;
  const pixels = new Int32Array(count);
  const neighbours = new Int32Array(8 * count).fill(-1);
  const capacities = new Float64Array(8 * count);
  const terminals = new Float64Array(count);
  const steps = DIRECTIONS.map(([dx, dy]) => dy * width + dx);
  const weights = DIRECTIONS.map(([dx, dy]) => smoothness / Math.hypot(dx, dy));
  // A photo of one single colour has no edges.
  const mean = meanDifference(photo);
  const beta = mean === 0 ? 0 : 1 / (2 * mean);
  for (let i = 0, p = 0; p < count; i++) {
    if (places[i] !== p) continue;
    pixels[p] = i;
    const [r, g, b] = [rgb[3 * i]!, rgb[3 * i + 1]!, rgb[3 * i + 2]!];
    let towards = foreground(r, g, b) - background(r, g, b);
    const x = i % width;
    for (let d = 0; d < 8; d++) {
      const j = i + steps[d]!;
      if (j < 0 || j >= places.length || (x === 0 && isLeft(d)) || (x === width - 1 && isRight(d))) continue;
      const q = places[j]!;
      if (q > p) continue; // joined from there
      const weight = weights[d]! * Math.exp(-beta * difference(rgb, j, r, g, b));
      if (q < 0) towards += trimap[j] === 1 ? weight : -weight;
      else {
        neighbours[8 * p + d] = q;
        neighbours[8 * q + 7 - d] = p;
        capacities[8 * p + d] = weight;
        capacities[8 * q + 7 - d] = weight;
      }
    }
    terminals[p++] = towards;
  }
  return { pixels, neighbours, capacities, terminals };
}

const isLeft = (d: number): boolean => DIRECTIONS[d]![0] < 0;
const isRight = (d: number): boolean => DIRECTIONS[d]![0] > 0;

/** By how much neighbours differ, squared and on average; all over the photo, for it says how much contrast that has. */
function meanDifference({ width, height, rgb }: Photo): number {
  let sum = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const [r, g, b] = [rgb[3 * i]!, rgb[3 * i + 1]!, rgb[3 * i + 2]!];
      if (x > 0) sum += difference(rgb, i - 1, r, g, b);
      if (y === 0) continue;
      sum += difference(rgb, i - width, r, g, b);
      if (x > 0) sum += difference(rgb, i - width - 1, r, g, b);
      if (x < width - 1) sum += difference(rgb, i - width + 1, r, g, b);
    }
  }
  return sum / (4 * width * height - 3 * (width + height) + 2);
}

/** Between a pixel and a colour. */
function difference(rgb: Uint8Array, pixel: number, red: number, green: number, blue: number): number {
  const r = rgb[3 * pixel]! - red;
  const g = rgb[3 * pixel + 1]! - green;
  const b = rgb[3 * pixel + 2]! - blue;
  return r * r + g * g + b * b;
}
