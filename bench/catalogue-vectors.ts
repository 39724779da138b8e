import { readEmbeddings } from './described';

export type Vector = readonly number[];

/** What a catalogue is filled with, and what is looked for in it. */
export interface Vectors {
  readonly dresses: readonly Vector[];
  /** Each is a view of the dress with the number `of`. */
  readonly queries: readonly { readonly of: number; readonly vector: Vector }[];
  /** What these are, in words. */
  readonly told: string;
}

/** Cosine of a dress and its copy: as far apart as another photo of the same dress often is. */
const COPY = 0.8;
/** At most so many are asked for; of more, each second, third and so on. */
const QUERIES = 64;
/** As many numbers as an embedding has. */
const NUMBERS = 128;

/** Real dresses, those first of which there are views, and the views, as `bench:describe --cache` keeps them. */
export function vectorsIn(file: string): Vectors {
  const all = readEmbeddings(file).flatMap((one) => (one.vector === null ? [] : [{ ...one, vector: one.vector }]));
  const asked = new Set(all.filter(({ view }) => view !== 'plain').map(({ id }) => id));
  const plain = all.filter(({ view }) => view === 'plain');
  const dresses = [...plain.filter(({ id }) => asked.has(id)), ...plain.filter(({ id }) => !asked.has(id))];
  const numbers = new Map(dresses.map(({ id }, at) => [id, at]));
  const queries = all.flatMap(({ id, view, vector }) => {
    const of = numbers.get(id);
    return view === 'plain' || of === undefined ? [] : [{ of, vector }];
  });
  const every = Math.ceil(queries.length / QUERIES);
  return {
    dresses: dresses.map(({ vector }) => vector),
    queries: queries.filter((_, at) => at % every === 0),
    told: `${dresses.length} real dresses, then the same disturbed to a cosine of ${COPY}`,
  };
}

/** Numbers that look like chance: enough to tell what a catalogue costs, not how well dresses are found. */
export function chanceNumbers(): Vectors {
  const dresses = Array.from({ length: 100 }, (_, i) => unit(chance(i)));
  return {
    dresses,
    queries: dresses.slice(0, 40).map((vector, of) => ({ of, vector })),
    told: 'numbers that look like chance, and copies of them',
  };
}

/** A vector that has the cosine `COPY` with another one; the same for the same seed. */
export function copyOf(vector: Vector, seed: number): Vector {
  const noise = chance(seed, vector.length);
  const along = noise.reduce((sum, value, i) => sum + value * (vector[i] ?? 0), 0);
  const across = unit(noise.map((value, i) => value - along * (vector[i] ?? 0)));
  return vector.map((value, i) => COPY * value + Math.sqrt(1 - COPY ** 2) * (across[i] ?? 0));
}

function chance(seed: number, count = NUMBERS): number[] {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 0;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32 - 0.5;
  });
}

function unit(numbers: readonly number[]): number[] {
  const length = Math.hypot(...numbers);
  return numbers.map((number) => number / length);
}
