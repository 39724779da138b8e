import type { Photo, Plane, Probabilities } from '../raster';
import { labelPeople, type Person } from './person-labels';
import { type Region, seenOf } from './region';

/** Whoever is less tall than this share of the person in the largest dress passes by, further away. */
const AS_TALL = 0.75;
/** Of a person at least this share is no dress; what lies beside a garment on a table has no skin. */
const SKIN = 0.15;

/**
 * Who stands beside the person in the largest dress, as tall as that one: their dresses count however small they are,
 * where a passer-by's does not. People who touch are told apart by their heads.
 *
 * @returns at the region's size: 0 where none of them is, else a number for each, from 1
 */
export function companionsOf(photo: Photo, probabilities: Probabilities, region: Region): Plane<Uint8Array> {
  const { width, height } = probabilities;
  const { labels, people } = labelPeople(probabilities);
  const main = people.reduce<Person | null>((most, one) => (one.dress > (most?.dress ?? 0) ? one : most), null);
  const tall = main === null ? 0 : AS_TALL * (main.bottom - main.top);
  const counts = people.map(
    ({ top, bottom, area, dress: worn }) => worn > 0 && bottom - top >= tall && area - worn >= SKIN * area,
  );
  const seen = seenOf(photo, probabilities);
  const out = new Uint8Array(region.width * region.height);
  for (let j = 0, o = 0; j < region.height; j++) {
    const y = Math.floor(((region.top + (j + 0.5) * region.scale - seen.top) * height) / seen.height);
    for (let i = 0; i < region.width; i++, o++) {
      const x = Math.floor(((region.left + (i + 0.5) * region.scale - seen.left) * width) / seen.width);
      const person = x < 0 || y < 0 || x >= width || y >= height ? 0 : labels[y * width + x]!;
      if (person > 0 && counts[person - 1]) out[o] = person;
    }
  }
  return { width: region.width, height: region.height, data: out };
}
