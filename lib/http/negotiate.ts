import { DresscutError } from '../errors';

/** What `POST /v1/cutouts` can answer with, the first where the caller leaves it open. */
export const MEDIA_TYPES = ['image/png', 'image/webp', 'image/jpeg', 'application/json', 'image/svg+xml'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

interface Range {
  readonly type: string;
  readonly quality: number;
  readonly position: number;
}

/**
 * The type that the caller likes best: by quality, then named outright before a wildcard, then in the order in
 * which the caller named them, then in the order of `offers`; `undefined` where none will do.
 *
 * @param accept the header; missing or empty takes anything
 */
export function preferred(accept: string | undefined, offers: readonly MediaType[]): MediaType | undefined {
  const ranges = parse(accept?.trim() || '*/*');
  const ranked = offers
    .map((offer) => ({ offer, range: rangeFor(offer, ranges) }))
    .filter(({ range }) => range !== undefined && range.quality > 0)
    .sort((a, b) => compare(a.range as Range, b.range as Range));
  return ranked[0]?.offer;
}

/**
 * The {@link preferred} type.
 *
 * @param wish what to say of a format that was asked for beside the header
 * @throws DresscutError `not-acceptable`
 */
export function negotiate(accept: string | undefined, offers: readonly MediaType[], wish?: string): MediaType {
  const best = preferred(accept, offers);
  if (best !== undefined) return best;
  const can = wish === undefined ? `The answer can be ${offers.join(', ')}` : `${wish} allows ${offers.join(' or ')}`;
  const message = `${can}; the Accept header allows none of them.`;
  throw new DresscutError('not-acceptable', message, { facts: { available: offers } });
}

function parse(accept: string): Range[] {
  return accept.split(',').map((part, position) => {
    const [type = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    const quality = q === undefined ? 1 : Number(q.slice(2));
    return { type, position, quality: quality >= 0 && quality <= 1 ? quality : 0 };
  });
}

/** The most exact range decides, so that an exact `q=0` forbids what a wildcard would allow. */
function rangeFor(offer: MediaType, ranges: readonly Range[]): Range | undefined {
  const names = [offer, `${offer.split('/')[0]}/*`, '*/*'];
  return names.map((name) => ranges.find(({ type }) => type === name)).find((range) => range !== undefined);
}

function compare(a: Range, b: Range): number {
  return b.quality - a.quality || wildness(a) - wildness(b) || a.position - b.position;
}

function wildness({ type }: Range): number {
  return type.split('*').length;
}
