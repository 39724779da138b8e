import type { Photo, Plane, Probabilities } from '../raster';
import { components } from './components';
import { type Head, headsOf } from './heads';
import { peopleOf, pixelsOf } from './people';
import { type Region, seenOf } from './region';
import { wholePeople } from './whole-people';

/** Whoever is less tall than this share of the person in the largest dress passes by, further away. */
const AS_TALL = 0.75;
/** Of a person at least this share is no dress; what lies beside a garment on a table has no skin. */
const SKIN = 0.15;

/** Of the picture; less is a speck of somebody. */
const SPECK = 0.003;

/** Somebody in a dress, at the network's size. */
interface Person {
  /** Columns of a group of people who touch. */
  readonly left: number;
  readonly right: number;
  top: number;
  bottom: number;
  area: number;
  dress: number;
}

/**
 * Who stands beside the person in the largest dress, as tall as that one: their dresses count however small they are,
 * where a passer-by's does not. People who touch are told apart by their heads.
 *
 * @returns at the region's size: 0 where none of them is, else a number for each, from 1
 */
export function companionsOf(photo: Photo, probabilities: Probabilities, region: Region): Plane<Uint8Array> {
  const { width, height } = probabilities;
  const labels = new Uint8Array(width * height);
  const people = peopleIn(probabilities, labels);
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

/** @param labels where each pixel's person is written, from 1; at most 255 */
function peopleIn(probabilities: Probabilities, labels: Uint8Array): Person[] {
  const { width, dress, turned } = probabilities;
  const people = peopleOf(probabilities);
  // Heads are above, and legs below, only where the photo lies upright.
  const upright = turned === 0;
  const least = SPECK * labels.length;
  const groups = upright ? wholePeople(people, least) : components(people, 8);
  const found: Person[] = [];
  const of = new Map<number, Person[]>();
  for (const [label, area] of groups.areas.entries()) {
    if (area < least) continue;
    const heads = upright ? headsOf({ ...people, data: pixelsOf(label + 1, groups.labels) }) : [];
    const columns: readonly Head[] = heads.length > 1 ? heads : [{ left: 0, right: width - 1 }];
    const some = columns.map(({ left, right }) => ({
      left,
      right,
      top: Infinity,
      bottom: 0,
      area: 0,
      dress: 0,
    }));
    found.push(...some);
    of.set(label + 1, some);
  }
  for (let i = 0; i < labels.length; i++) {
    const some = of.get(groups.labels[i]!);
    if (some === undefined) continue;
    const x = i % width;
    const person = some.reduce((near, one) => (aside(one, x) < aside(near, x) ? one : near));
    const y = (i - x) / width;
    person.top = Math.min(person.top, y);
    person.bottom = Math.max(person.bottom, y + 1);
    person.area += 1;
    if (dress[i]! > 0.5) person.dress += 1;
    labels[i] = Math.min(255, found.indexOf(person) + 1);
  }
  return found.slice(0, 255);
}

/** Columns between a place and a person's own. */
const aside = ({ left, right }: Head, x: number): number => Math.max(left - x, x - right, 0);
