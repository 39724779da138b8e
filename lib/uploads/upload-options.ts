import type { Metadata } from '../catalogue/catalogue';
import { checkId, checkMetadata, checkName } from '../catalogue/rules';
import { DresscutError } from '../errors';
import { type CutOutOptions, parseOptions } from '../options';

/** What is asked for one upload. */
export interface UploadOptions {
  readonly options: CutOutOptions;
  /** Also the matte, as a picture of its own. */
  readonly masks: boolean;
  /** Where in the bucket for uploads the strokes lie, below `strokes/`; `null` for none. */
  readonly strokesKey: string | null;
  /** The catalogue that the dress goes into; `null` for none. */
  readonly catalogue: CatalogueRequest | null;
}

export interface CatalogueRequest {
  readonly name: string;
  /** `null`: the key below `uploads/`. */
  readonly id: string | null;
  /** The caller's own, from names that start with `dresscut-meta-`. */
  readonly metadata: Metadata;
}

/** Metadata and tags are shared with others: only names that start so are meant for us. */
const PREFIX = 'dresscut-';
/** Of what goes into a catalogue beside the dress. */
const METADATA_PREFIX = 'meta-';
const STROKES_PREFIX = 'strokes/';

/**
 * Options of one upload: its metadata before its tags before the configured defaults.
 *
 * @param sources records of names to text, the strongest last; `defaults` without a prefix, the others with it
 * @throws DresscutError `invalid-option`
 */
export function parseUploadOptions(
  defaults: Readonly<Record<string, string>>,
  ...sources: readonly Readonly<Record<string, string>>[]
): UploadOptions {
  const own = sources.flatMap((source) =>
    Object.entries(source)
      .filter(([name]) => name.toLowerCase().startsWith(PREFIX))
      .map(([name, value]) => [name.toLowerCase().slice(PREFIX.length), value] as const),
  );
  const all = Object.entries({ ...defaults, ...Object.fromEntries(own) });
  const metadata = all.filter(([name]) => name.startsWith(METADATA_PREFIX));
  const rest = Object.fromEntries(all.filter(([name]) => !name.startsWith(METADATA_PREFIX)));
  const { masks, strokes, catalogue, id, ...record } = rest;
  return {
    options: parseOptions(record),
    masks: toBoolean(masks),
    strokesKey: toStrokesKey(strokes),
    catalogue: toCatalogue(catalogue, id, metadata),
  };
}

function toCatalogue(
  name: string | undefined,
  id: string | undefined,
  entries: readonly (readonly [string, string])[],
): CatalogueRequest | null {
  if (name === undefined || name === '') return null;
  const metadata = Object.fromEntries(entries.map(([each, value]) => [each.slice(METADATA_PREFIX.length), value]));
  checkName(name);
  checkMetadata(metadata);
  if (id !== undefined) checkId(id);
  return { name, id: id ?? null, metadata };
}

/**
 * Whether uploads can be cut with these defaults: a mistake of whoever set a service up must not be told to everybody
 * who uploads, as a lasting fault of theirs.
 *
 * @throws DresscutError `invalid-option`
 */
export function checkUploadDefaults(defaults: Readonly<Record<string, string>>): void {
  const own = ['id', 'strokes'].find((name) => name in defaults);
  if (own !== undefined) {
    const message = `The option ${own} is for each upload to say, not for all of them.`;
    throw new DresscutError('invalid-option', message, { facts: { option: own } });
  }
  // With a background: a default of JPEG waits for the one that each upload names itself.
  parseUploadOptions({ background: 'white', ...defaults });
}

/** Metadata holds 2 kB: it names the object that holds the strokes. Below `uploads/` that would be taken for a photo. */
function toStrokesKey(text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  if (text.startsWith(STROKES_PREFIX)) return text;
  const message = `Expected strokes to be the key of a JSON object below ${STROKES_PREFIX}, but received "${text.slice(0, 60)}".`;
  throw new DresscutError('invalid-option', message, { facts: { option: 'strokes' } });
}

function toBoolean(text: string | undefined): boolean {
  const word = text?.trim().toLowerCase();
  if (word === 'true') return true;
  if (word === undefined || word === 'false') return false;
  const message = `Expected masks to be true or false, but received "${word.slice(0, 60)}".`;
  throw new DresscutError('invalid-option', message, { facts: { option: 'masks' } });
}
