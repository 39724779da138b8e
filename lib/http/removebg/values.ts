import { parseColour } from '../../colour';
import type { Rgba } from '../../pipeline/canvas';

/** A length as remove.bg's callers write it: `30px`, or `10%` of something. */
export interface Length {
  readonly value: number;
  readonly unit: 'px' | '%';
}

/** Words as what they mean; none at all where one of them means nothing. */
export function readAll<T>(text: string, read: (word: string) => T | undefined): T[] {
  const meanings = text.trim().split(/\s+/).map(read);
  return meanings.includes(undefined) ? [] : (meanings as T[]);
}

export function toLength(word: string): Length | undefined {
  const match = /^(\d{1,5}(?:\.\d{1,9})?)(px|%)$/.exec(word);
  if (match !== null) return { value: Number(match[1]), unit: match[2] as Length['unit'] };
  return word === '0' ? { value: 0, unit: 'px' } : undefined;
}

export function toShare(word: string): number | undefined {
  const length = toLength(word);
  return length?.unit === '%' && length.value <= 100 ? length.value / 100 : undefined;
}

export function toRgba(text: string): Rgba | undefined {
  const digits = /^\s*#?([0-9a-f]{4}|[0-9a-f]{8})\s*$/i.exec(text)?.[1];
  if (digits === undefined) {
    const colour = parseColour(text);
    return colour && { ...colour, alpha: 255 };
  }
  const [r = 0, g = 0, b = 0, alpha = 0] = Buffer.from(
    digits.length === 4 ? digits.replace(/./g, '$&$&') : digits,
    'hex',
  );
  return { r, g, b, alpha };
}
