import type { Probabilities } from '../raster';
import { components } from './components';
import { type Head, headsOf } from './heads';
import { peopleOf, pixelsOf } from './people';
import { wholePeople } from './whole-people';

/** Of the picture; less is a speck of somebody. */
const SPECK = 0.003;

/** Somebody, at the network's size. */
export interface Person {
  /** Columns of a group of people who touch. */
  readonly left: number;
  readonly right: number;
  top: number;
  bottom: number;
  area: number;
  dress: number;
}

/**
 * Who is where, dressed or not. People who touch are told apart by their heads, whose columns go all the way down.
 *
 * @returns `labels`, at the network's size, the number of each pixel's person, from 1; 0 where nobody is
 */
export function labelPeople(probabilities: Probabilities): { labels: Uint8Array; people: readonly Person[] } {
  const { width, height, dress, turned } = probabilities;
  const labels = new Uint8Array(width * height);
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
  return { labels, people: found.slice(0, 255) };
}

/** Columns between a place and a person's own. */
const aside = ({ left, right }: Head, x: number): number => Math.max(left - x, x - right, 0);
