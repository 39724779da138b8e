import type { Mask, Photo } from '../raster';
import { type Components, components } from './components';
import { geodesicDistance } from './geodesic';
import { mapPlane } from './map-plane';
import { oklab } from './oklab';
import { type Companions, dressesAmong } from './second-dresses';

/**
 * When a piece that does not touch the dress is none of it. The network is as sure of a corner of the floor as of a
 * sleeve, so its probabilities do not count here; `npm run bench:pieces` shows what comes of it.
 */
export const PIECES = {
  /** Up to this gap, as a share of the dress's longer side, a belt or a strap lies between, whatever the colours. */
  near: 0.05,
  /** Beyond this gap nothing belongs to the dress, whatever the colours. */
  far: 0.25,
  /** Between the two, a piece is dropped whose colours are so many times nearer to the background's than the dress's. */
  foreign: 1.5,
} as const;

/** Colours that stand for all of the dress, of the background, and of a piece. */
const COLOURS = 64;

/**
 * Drops what the cut took from the floor, the wall and the shelf beside the dress: pieces far from it, and pieces at
 * some distance that have the background's colours. Trains, ruffles and sleeves beyond an arm have the dress's.
 *
 * @param photo the working picture, of the mask's size
 * @returns the same mask where nothing is dropped, else a new one
 */
export function dropForeignPieces(mask: Mask, photo: Photo, companions: Companions): Mask {
  const pieces = components(mask, 8);
  if (pieces.areas.length < 2) return mask;
  const foreign = foreignPieces(pieces, dressesAmong(pieces, companions), mask, photo);
  if (!foreign.includes(true)) return mask;
  return mapPlane(mask, (value, i) => (foreign[pieces.labels[i]! - 1] ? 0 : value));
}

function foreignPieces(
  { labels, areas, boxes }: Components,
  dresses: readonly boolean[],
  { width, height, data }: Mask,
  photo: Photo,
): boolean[] {
  const largest = Math.max(...areas);
  const dress = areas.indexOf(largest);
  const side = Math.max(boxes[dress]?.width ?? 0, boxes[dress]?.height ?? 0);
  const flat = { width, height, lab: new Float32Array(3 * data.length), contrast: 0 };
  const cost = new Float32Array(data.length).fill(1);
  const distance = geodesicDistance({ ...flat, cost }, (i) => labels[i] === dress + 1, PIECES.far * side);
  const gaps = areas.map(() => Number.POSITIVE_INFINITY);
  labels.forEach((label, i) => {
    if (label > 0) gaps[label - 1] = Math.min(gaps[label - 1]!, distance[i]! / side);
  });
  const ofDress = coloursWhere(photo, (i) => labels[i] === dress + 1);
  const ofBackground = coloursWhere(photo, (i) => data[i] === 0);
  return areas.map((_, piece) => {
    const gap = gaps[piece]!;
    if (dresses[piece] || gap <= PIECES.near) return false;
    if (gap > PIECES.far) return true;
    const own = coloursWhere(photo, (i) => labels[i] === piece + 1);
    return meanDistance(own, ofDress) > PIECES.foreign * meanDistance(own, ofBackground);
  });
}

/** OKLab of pixels drawn evenly from those that count, at most `COLOURS`: `3 * n` numbers. */
function coloursWhere({ rgb }: Photo, counts: (pixel: number) => boolean): Float32Array {
  const pixels: number[] = [];
  for (let i = 0; 3 * i < rgb.length; i++) if (counts(i)) pixels.push(i);
  const count = Math.min(COLOURS, pixels.length);
  const drawn = Array.from({ length: count }, (_, k) => pixels[Math.floor(((k + 0.5) * pixels.length) / count)]!);
  return oklab(Uint8Array.from(drawn.flatMap((i) => [...rgb.subarray(3 * i, 3 * i + 3)])));
}

/** The mean distance of colours to the nearest of others; lightness counts half, as folds and shadows change it. */
function meanDistance(colours: Float32Array, others: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < colours.length; i += 3) {
    let nearest = Number.POSITIVE_INFINITY;
    for (let k = 0; k < others.length; k += 3) {
      const [l, a, b] = [0, 1, 2].map((c) => colours[i + c]! - others[k + c]!) as [number, number, number];
      nearest = Math.min(nearest, 0.5 * l * l + a * a + b * b);
    }
    sum += Math.sqrt(nearest);
  }
  return (3 * sum) / Math.max(3, colours.length);
}
