import { z } from 'zod';
import { type Colour, parseColour } from './colour';

/** Options as text, made into what the schema checks. What cannot be read stays as it came: its type refuses it. */

/** Without the white space and the capitals that people add. */
export const lower = (value: unknown): unknown => (typeof value === 'string' ? value.trim().toLowerCase() : value);

const TRUE: readonly unknown[] = ['true', '1', 'yes', 1];
const FALSE: readonly unknown[] = ['false', '0', 'no', 0];

/** The text of a JSON list; empty is none. */
export function toList(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (value.trim() === '') return [];
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Yes and no, in the words that people write. */
export function toBoolean(value: unknown): unknown {
  if (TRUE.includes(lower(value))) return true;
  return FALSE.includes(lower(value)) ? false : value;
}

/** A share, or a percentage. */
export function toShare(value: unknown): unknown {
  const match = typeof value === 'string' ? /^(\d+\.?\d*|\.\d+)\s*(%?)$/.exec(value.trim()) : null;
  if (match === null) return value;
  return match[2] === '%' ? Number(match[1]) / 100 : Number(match[1]);
}

/** A whole number of pixels; `original` is `null`. */
export function toWhole(value: unknown): unknown {
  if (lower(value) === 'original') return null;
  return typeof value === 'string' && /^\d{1,6}$/.test(value.trim()) ? Number(value) : value;
}

/** A small whole number. */
export function toNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value;
}

/** A received value for people: text quoted, with control characters escaped, and cut where it gets long. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && /^(object|function|symbol)$/.test(typeof value)) return 'an object';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
}

/** A colour; `transparent` is `null`. */
export function toBackground(text: string, context: z.RefinementCtx): Colour | null {
  if (text === 'transparent') return null;
  const colour = parseColour(text);
  if (colour !== undefined) return colour;
  context.addIssue({ code: 'custom', message: 'not a colour' });
  return z.NEVER;
}
