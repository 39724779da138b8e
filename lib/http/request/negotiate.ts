import Negotiator from 'negotiator';
import { DresscutError } from '../../errors';

/** What `POST /v1/cutouts` can answer with, the first where the caller leaves it open. */
export const MEDIA_TYPES = ['image/png', 'image/webp', 'image/jpeg', 'application/json', 'image/svg+xml'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/**
 * The types that a caller accepts, the best first: by quality, then named outright before a wildcard, then in the
 * order in which the caller named them, then in the order of {@link MEDIA_TYPES}.
 *
 * @param accept the header; missing or empty takes anything
 * @throws DresscutError `not-acceptable` where none will do
 */
export function acceptable(accept: string | undefined): readonly MediaType[] {
  const headers = { accept: withoutParameters(accept?.trim() || '*/*') };
  const types = new Negotiator({ headers }).mediaTypes([...MEDIA_TYPES]) as MediaType[];
  if (types.length === 0) throw notAcceptable(MEDIA_TYPES, 'The answer can be');
  return types;
}

/** With the quality alone: none of our types has a parameter, and who adds `charset=utf-8` to JSON gets UTF-8. */
function withoutParameters(accept: string): string {
  const ranges = accept.split(',').map((range) => {
    const [type, ...parameters] = range.split(';');
    return [type, ...parameters.filter((each) => /^\s*q\s*=/i.test(each))].join(';');
  });
  return ranges.join(',');
}

/** @param can what `available` is, as the beginning of a sentence */
export function notAcceptable(available: readonly MediaType[], can: string): DresscutError {
  const message = `${can} ${available.join(', ')}; the Accept header allows none of them.`;
  return new DresscutError('not-acceptable', message, { facts: { available } });
}
