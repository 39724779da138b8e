import { z } from 'zod';
import { COLOUR_TERMS, type ColourName, LENGTHS, PATTERNS, SHADES, type Traits } from '../description';
import { DresscutError } from '../errors';
import type { Filter, Metadata } from './catalogue';
import { checkFilter, checkLimit, checkMetadata } from './rules';

/** What a caller may say about a search, as text or as its own type. */
export interface SearchOptions {
  readonly limit: number;
  readonly filter: Filter;
}

const SEARCH = ['limit', 'colour', 'pattern', 'length', 'metadata'] as const;
const FEW = 10;

/**
 * Takes the options of a search out of a record.
 *
 * @returns them, and what is left of the record
 * @throws DresscutError `invalid-option`
 */
export function takeSearch(record: Readonly<Record<string, unknown>>) {
  const rest = Object.fromEntries(Object.entries(record).filter(([name]) => !SEARCH.includes(name as never)));
  const limit = record.limit === undefined ? FEW : Number(record.limit);
  checkLimit(limit);
  const word = (name: string) => (record[name] === undefined ? undefined : String(record[name]).trim().toLowerCase());
  const { metadata } = record;
  const filter = {
    colour: word('colour') as Filter['colour'],
    pattern: word('pattern') as Filter['pattern'],
    length: word('length') as Filter['length'],
    metadata: metadata === undefined ? {} : toMetadata(metadata),
  };
  checkFilter(filter);
  return { search: { limit, filter } satisfies SearchOptions, rest };
}

/**
 * Takes the caller's own metadata out of a record: an object, or one as JSON text.
 * @throws DresscutError `invalid-option`
 */
export function takeMetadata({ metadata = {}, ...rest }: Readonly<Record<string, unknown>>) {
  return { metadata: toMetadata(metadata), rest };
}

function toMetadata(value: unknown): Metadata {
  let metadata = value;
  try {
    if (typeof value === 'string') metadata = JSON.parse(value);
  } catch {
    // Refused by the rule below, which says what it expects.
  }
  checkMetadata(metadata);
  return metadata;
}

const names = COLOUR_TERMS.flatMap((term): ColourName[] => [
  term,
  ...SHADES.map((shade) => `${shade} ${term}` as const),
]);
const share = z.number().min(0).max(1);
const traitsSchema = z.object({
  colours: z
    .array(z.object({ name: z.enum(names), hex: z.string().regex(/^#[0-9a-f]{6}$/), share }))
    .min(1)
    .max(5),
  pattern: z.enum(PATTERNS),
  length: z.enum(LENGTHS),
});

/**
 * What an earlier answer told of a dress, given back beside its embedding.
 * @throws DresscutError `invalid-option`
 */
export function parseTraits(value: unknown): Traits {
  const parsed = traitsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const expected = 'the description that came with the embedding: colours, pattern, length';
  const message = `Expected description to be ${expected}.`;
  throw new DresscutError('invalid-option', message, { facts: { option: 'description', expected } });
}
