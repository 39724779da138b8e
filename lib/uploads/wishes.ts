import { DresscutError } from '../errors';
import { type CutOutOptions, parseOptions } from '../options';

/** What is wanted of one upload. */
export interface Wishes {
  readonly options: CutOutOptions;
  /** Also the matte, as a picture of its own. */
  readonly masks: boolean;
}

/** Metadata and tags are shared with others: only names that start so are meant for us. */
const PREFIX = 'dresscut-';

/**
 * Options of one upload: its metadata before its tags before the configured defaults.
 *
 * @param sources records of names to text, the strongest last; `defaults` without a prefix, the others with it
 * @throws DresscutError `invalid-option`
 */
export function wishesOf(
  defaults: Readonly<Record<string, string>>,
  ...sources: readonly Readonly<Record<string, string>>[]
): Wishes {
  const own = sources.flatMap((source) =>
    Object.entries(source)
      .filter(([name]) => name.toLowerCase().startsWith(PREFIX))
      .map(([name, value]) => [name.toLowerCase().slice(PREFIX.length), value] as const),
  );
  const { masks, ...record } = { ...defaults, ...Object.fromEntries(own) };
  return { options: parseOptions(record), masks: toBoolean(masks) };
}

function toBoolean(text: string | undefined): boolean {
  const word = text?.trim().toLowerCase();
  if (word === 'true') return true;
  if (word === undefined || word === 'false') return false;
  throw new DresscutError(
    'invalid-option',
    `Expected masks to be true or false, but received "${word.slice(0, 60)}".`,
    {
      facts: { option: 'masks' },
    },
  );
}
