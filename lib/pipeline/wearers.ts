import type { Box, DressLabels, Matte, Photo, Probabilities } from '../raster';
import type { Stroke } from '../strokes';
import { boundingBox, growBox } from './box';
import { sampleMatte } from './measure';
import { pixelsOf } from './people';
import { labelPeople } from './person-labels';
import { boxInPhoto } from './region';
import { KEEP, paintStrokes } from './strokes';

/** Room around a person, as a share of the longer side of the box: as much as photos of one person have. */
const ROOM = 0.1;
/** Of a stroke at least this share lies on the dress that it keeps; along its edge a broad tip reaches the next one. */
const MOST = 0.75;

/**
 * Where whoever wears a dress is; a garment that nobody wears stands for itself.
 *
 * @param labels of the matte's dresses
 * @returns of each dress, the first one first: its wearer's box with some room, in pixels of the photo; `null` where
 *   the network sees nobody
 */
export function wearersOf(
  photo: Photo,
  matte: Matte,
  { data }: DressLabels,
  probabilities: Probabilities,
): (Box | null)[] {
  const { width, height } = probabilities;
  const { labels } = labelPeople(probabilities);
  const alpha = sampleMatte(matte, probabilities);
  const count = data.reduce((most, number) => Math.max(most, number), 0);
  const shares = Array.from({ length: count }, () => new Uint32Array(256));
  for (let i = 0; i < data.length; i++) {
    if (alpha[i]! > 127 && data[i]! > 0) shares[data[i]! - 1]![labels[i]!]! += 1;
  }
  return shares.map((share) => {
    const person = share.indexOf(Math.max(...share));
    const box = person === 0 ? null : boundingBox({ width, height, data: pixelsOf(person, labels) }, 0);
    if (box === null) return null;
    const seen = boxInPhoto(box, 0, photo, probabilities);
    return growBox(seen, photo, Math.round(ROOM * Math.max(seen.width, seen.height)));
  });
}

/** Which dresses a stroke that keeps lies on, by their numbers from 1. Where a later one drops, it says nothing. */
export function keptDresses(
  strokes: readonly Stroke[],
  { width, height, within, data }: DressLabels,
): ReadonlySet<number> {
  const region = { left: within.left, top: within.top, scale: within.width / width, width, height };
  const said = paintStrokes(strokes, region).data;
  const kept = new Set<number>();
  for (const stroke of strokes) {
    if (stroke.kind === 'drop') continue;
    const shares = new Uint32Array(256);
    const own = paintStrokes([stroke], region).data;
    for (let i = 0; i < data.length; i++) if (own[i] === KEEP && said[i] === KEEP) shares[data[i]!]! += 1;
    const area = shares.reduce((sum, share) => sum + share, 0);
    const number = shares.findIndex((share) => share > 0 && share >= MOST * area);
    if (number > 0) kept.add(number);
  }
  return kept;
}
