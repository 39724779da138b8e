import { DresscutError } from '../../errors';
import { sniff } from '../../pipeline/formats';
import { MAX_OTHER_BYTES, MAX_STROKES_BYTES } from '../limits';

/** Names to values: text from a query or a form, any type from JSON. */
export type Entries = readonly (readonly [string, unknown])[];

/** Pairs of a query, or parts of a form. There are a dozen options. */
export const MAX_FIELDS = 100;

/** The one option that may be long. */
export const STROKES = 'strokes';

/** One field of a form. */
export interface Field {
  readonly name: string;
  /** What it holds, decoded as the form says. */
  readonly content: Uint8Array<ArrayBuffer>;
  /** Whether the form calls it a file. */
  readonly file: boolean;
}

/** Whether a field is a file; some clients name neither a file nor its type, and then the bytes tell. */
export function isFile({ file, content }: Field): boolean {
  return file || sniff(content).format !== null;
}

/** A Content-Type without its parameters. */
export function mediaOf(type: string): string {
  return type.split(';')[0]?.trim().toLowerCase() ?? '';
}

/** The options of a query. */
export function queryEntries(request: Request): Entries {
  return [...new URL(request.url).searchParams];
}

/**
 * The fields of a form as options; a file where none belongs is named as one.
 *
 * @throws DresscutError `too-large` when they hold more than options do
 */
export function textEntries(fields: readonly Field[]): Entries {
  let bytes = 0;
  return fields.map(({ name, content, file }) => {
    const strokes = name === STROKES;
    if (!strokes) bytes += content.length;
    if (bytes > MAX_OTHER_BYTES || (strokes && content.length > MAX_STROKES_BYTES)) {
      throw tooMuch(`the field ${JSON.stringify(name.slice(0, 60))}`);
    }
    return [name, file ? 'a file' : new TextDecoder().decode(content)];
  });
}

/**
 * @param where the limit was passed
 * @param hint one more sentence
 */
export function tooMuch(where: string, hint = ''): DresscutError {
  const most = `${MAX_OTHER_BYTES / 1024} kB, and ${MAX_STROKES_BYTES / 1024} kB of strokes`;
  const message = `Beside the photo, a call holds at most ${most}; with ${where} it holds more.${hint}`;
  return new DresscutError('too-large', message, { facts: { maxBytes: MAX_OTHER_BYTES } });
}

export function tooMany(what: string): DresscutError {
  const message = `The form has more than ${MAX_FIELDS} ${what}.`;
  return new DresscutError('malformed-body', message, { facts: { maxFields: MAX_FIELDS } });
}

/** @throws DresscutError `invalid-option` for a name that is given twice */
export function merge(...groups: readonly Entries[]): Record<string, unknown> {
  const record = new Map<string, unknown>();
  for (const [name, value] of groups.flat()) {
    if (record.has(name)) {
      const option = name.slice(0, 60);
      const message = `The option ${JSON.stringify(option)} is given twice.`;
      throw new DresscutError('invalid-option', message, { facts: { option } });
    }
    record.set(name, value);
  }
  return Object.fromEntries(record);
}
