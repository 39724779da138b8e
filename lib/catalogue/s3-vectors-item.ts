import type { GetOutputVector, QueryOutputVector } from '@aws-sdk/client-s3vectors';
import type { Dress, Filter, Match } from './catalogue';
import { filterable, searchTerms } from './rules';

/** What only comes back with a dress; all else can be filtered by, and counts towards the service's 2 kB for that. */
export const NOT_FILTERABLE = ['traits', 'metadata'] as const;

type Value = string | number | boolean | string[];
type Item = Record<string, Value>;
type Condition = Record<string, Value | Record<string, Value>>;

/** A caller's own names cannot meet ours behind this. */
const OWN = 'own_';

/** A dress as the metadata of its vector. */
export function metadataOf({ at, traits, metadata }: Dress): Item {
  const own = Object.entries(metadata).filter(([, value]) => filterable(value));
  return {
    at,
    colours: searchTerms(traits.colours),
    pattern: traits.pattern,
    length: traits.length,
    ...Object.fromEntries(own.map(([name, value]) => [`${OWN}${name}`, value])),
    traits: JSON.stringify(traits),
    metadata: JSON.stringify(metadata),
  };
}

/** What stays of a dress that was removed, so that an older delivery cannot bring it back. */
export const tombstone = (at: number): Item => ({ at, removed: true });

export const isRemoved = (vector: GetOutputVector): boolean => itemOf(vector).removed === true;

/** When the stored dress, or its removal, was made. */
export const timeOf = (vector: GetOutputVector): number => Number(itemOf(vector).at);

export function dressOf(vector: GetOutputVector, version: string): Dress {
  return { ...kept(vector), embedding: { version, vector: vector.data?.float32 ?? [] } };
}

export function matchOf(vector: QueryOutputVector): Match {
  return { ...kept(vector), score: 1 - (vector.distance ?? 1) };
}

/** Equality with a list means that it holds the value. */
export function filterOf({ colour, pattern, length, metadata = {} }: Filter): { $and: Condition[] } | Condition {
  const own = Object.entries(metadata).map(([name, value]) => [`${OWN}${name}`, value] as const);
  const given = Object.entries({ colours: colour, pattern, length }).filter(([, value]) => value !== undefined);
  const equal = [...(given as [string, Value][]), ...own].map(
    ([name, value]): Condition => ({ [name]: { $eq: value } }),
  );
  const there: Condition = { removed: { $exists: false } };
  return equal.length === 0 ? there : { $and: [there, ...equal] };
}

function kept({ key, metadata }: { key?: string | undefined; metadata?: unknown }): Omit<Dress, 'embedding'> {
  const item = itemOf({ metadata });
  return {
    id: key ?? '',
    at: Number(item.at),
    traits: JSON.parse(String(item.traits)),
    metadata: JSON.parse(String(item.metadata)),
  };
}

const itemOf = ({ metadata }: { metadata?: unknown }): Partial<Item> => (metadata ?? {}) as Partial<Item>;
