import { COLOUR_TERMS, type ColourName, type Embedding, LENGTHS, PATTERNS, SHADES } from '../description';
import { DresscutError } from '../errors';
import type { Dress, Filter, Metadata } from './catalogue';

/** Of an embedding; Amazon S3 Vectors takes 4,096. */
export const MAX_NUMBERS = 256;
/** Dresses that one query gives; as many as Amazon S3 Vectors does. */
export const MAX_MATCHES = 100;
/**
 * Of a caller's metadata as JSON. Sixteen names of 32 characters with values of up to 63 bytes, beside our own, stay
 * within the 2,048 bytes by which Amazon S3 Vectors can filter: 16 x (34 + 63) + 300 = 1,852.
 */
export const MAX_METADATA_BYTES = 2048;
const MAX_METADATA_NAMES = 16;
export const FILTERABLE_BYTES = 63;

/** Fits into the name of an S3 Vectors index beside a version of 30 characters. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;
/** Of an id; S3 Vectors takes 1,024 characters, and every character may be an escape in an address. */
const MAX_ID_BYTES = 512;
const VERSION = /^[a-z0-9](?:[a-z0-9.-]{0,28}[a-z0-9])?$/;
const METADATA_NAME = /^[A-Za-z][\w-]{0,31}$/;

const COLOURS: readonly string[] = COLOUR_TERMS.flatMap((term) => [term, ...SHADES.map((shade) => `${shade} ${term}`)]);

/** @throws DresscutError `invalid-option` */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  const expected = '1 to 32 lower-case letters, digits and hyphens, with no hyphen at either end';
  throw refusal('catalogue', expected, name);
}

/** @throws DresscutError `invalid-option` */
export function checkId(id: string): void {
  // Half a surrogate pair has no bytes of its own: two such ids would become one.
  const whole = !/\p{Surrogate}/u.test(id);
  if (whole && id.length > 0 && Buffer.byteLength(id) <= MAX_ID_BYTES && !/\p{Cc}/u.test(id)) return;
  throw refusal('id', `text of 1 to ${MAX_ID_BYTES} bytes without control characters`, id);
}

/** @throws DresscutError `invalid-option` */
export function checkDress({ id, embedding, metadata, at }: Dress): void {
  checkId(id);
  checkEmbedding(embedding);
  checkMetadata(metadata);
  checkTime(at);
}

/** @throws DresscutError `invalid-option` */
export function checkTime(at: number): void {
  if (!Number.isSafeInteger(at) || at < 0) throw refusal('at', 'whole milliseconds since 1970', at);
}

/** @throws DresscutError `invalid-option` */
export function checkEmbedding({ version, vector }: Embedding): void {
  if (!VERSION.test(version)) throw refusal('version', 'the version that came with the embedding', version);
  if (vector.length <= MAX_NUMBERS && Math.abs(Math.hypot(...vector) - 1) < 0.01) return;
  throw refusal('embedding', `at most ${MAX_NUMBERS} numbers of length 1 together`, `${vector.length} numbers`);
}

/** @throws DresscutError `invalid-option` */
export function checkMetadata(metadata: unknown): asserts metadata is Metadata {
  const expected = `an object of at most ${MAX_METADATA_NAMES} names (letters, digits, _ and -, at most 32), each with text, a number or a boolean`;
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
    throw refusal('metadata', expected, metadata);
  }
  const entries = Object.entries(metadata);
  const wrong = entries.find(([name, value]) => !METADATA_NAME.test(name) || !isScalar(value));
  if (wrong !== undefined) throw refusal('metadata', expected, wrong[0]);
  if (entries.length > MAX_METADATA_NAMES) throw refusal('metadata', expected, `${entries.length} names`);
  const bytes = Buffer.byteLength(JSON.stringify(metadata));
  if (bytes <= MAX_METADATA_BYTES) return;
  throw refusal('metadata', `at most ${MAX_METADATA_BYTES} bytes of JSON`, `${bytes} bytes`);
}

/** @throws DresscutError `invalid-option` */
export function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_MATCHES) return;
  throw refusal('limit', `a whole number from 1 to ${MAX_MATCHES}`, limit);
}

/** @throws DresscutError `invalid-option` */
export function checkFilter({ colour, pattern, length, metadata = {} }: Filter): void {
  among('colour', COLOURS, colour, 'a basic colour term, or one with light or dark before it');
  among('pattern', PATTERNS, pattern);
  among('length', LENGTHS, length);
  checkMetadata(metadata);
  const long = Object.entries(metadata).find(([, value]) => !filterable(value));
  if (long === undefined) return;
  throw refusal('metadata', `values of at most ${FILTERABLE_BYTES} bytes to filter by`, long[1]);
}

/** Whether a value may be filtered by; longer text is kept, and given back. */
export function filterable(value: string | number | boolean): boolean {
  return typeof value !== 'string' || Buffer.byteLength(value) <= FILTERABLE_BYTES;
}

/** The names by which a dress's colours are found: `dark blue` also as `blue`. */
export function searchTerms(colours: readonly { readonly name: ColourName }[]): string[] {
  return [...new Set(colours.flatMap(({ name }) => [name, name.split(' ').at(-1) as string]))];
}

function among(option: string, known: readonly string[], value: string | undefined, expected?: string): void {
  if (value === undefined || known.includes(value)) return;
  throw refusal(option, expected ?? `one of ${known.join(', ')}`, value);
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function refusal(option: string, expected: string, value: unknown): DresscutError {
  const text = typeof value === 'object' ? 'something else' : JSON.stringify(value);
  const received = text.length > 80 ? `${text.slice(0, 80)}...` : text;
  const message = `Expected ${option} to be ${expected}, but received ${received}.`;
  return new DresscutError('invalid-option', message, { facts: { option, expected, received } });
}
