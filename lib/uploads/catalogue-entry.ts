import { isDeepStrictEqual } from 'node:util';
import type { Catalogue, Dress, Metadata } from '../catalogue/catalogue';
import { checkId } from '../catalogue/rules';
import { DresscutError } from '../errors';
import type { Findings } from '../findings';
import type { CutOutOptions } from '../options';
import type { Head } from '../ports';
import { UPLOADS_PREFIX } from './keys';
import type { Receipt } from './receipt';
import type { CatalogueRequest } from './upload-options';

/** Which dress of which catalogue an upload is. */
export type CatalogueEntry = NonNullable<Receipt['catalogue']>;

/** Where a dress is to go, and what is kept beside it. */
export interface CataloguePlan {
  readonly entry: CatalogueEntry;
  readonly metadata: Metadata;
}

/**
 * @param key of the upload; below `uploads/` it is the dress's id, unless the request names one
 * @throws DresscutError `catalogues-off` where there are no catalogues, `invalid-option` for a key that is too long
 */
export function planCatalogue(
  request: CatalogueRequest | null,
  key: string,
  catalogue: Catalogue | null,
): CataloguePlan | null {
  if (request === null) return null;
  const { name, metadata } = request;
  if (catalogue === null) {
    const message = `The upload is for the catalogue ${name}, but this service keeps none.`;
    throw new DresscutError('catalogues-off', message, { facts: { option: 'catalogue' } });
  }
  const id = request.id ?? key.slice(UPLOADS_PREFIX.length);
  checkId(id);
  return { entry: { name, id }, metadata };
}

/** What an upload for a catalogue is cut with: it has to be described. */
export function describing(options: CutOutOptions, plan: CataloguePlan | null): CutOutOptions {
  return plan === null ? options : { ...options, describe: true, embedding: true };
}

/** Findings for the receipt: the numbers only where they were asked for. */
export function withoutNumbers(findings: Findings, { embedding }: CutOutOptions): Findings {
  const { description } = findings;
  if (embedding || description === undefined) return findings;
  const { embedding: _, ...traits } = description;
  return { ...findings, description: traits };
}

/**
 * The dress as it goes into its catalogue. Its time is that of the upload, so that of two uploads the later one stays in
 * whatever order they are worked on.
 *
 * @returns `null` where no dress was found, or none is to be kept
 */
export function dressOf(plan: CataloguePlan | null, { modified }: Head, { description }: Findings): Dress | null {
  if (plan === null || description?.embedding === undefined) return null;
  const { embedding, ...traits } = description;
  return { id: plan.entry.id, embedding, traits, metadata: plan.metadata, at: modified.getTime() };
}

/** Whether the catalogue holds what a receipt says, and the receipt what is asked for. */
export async function isCatalogued(
  catalogue: Catalogue | null,
  { problem, catalogue: entry }: Receipt,
  plan: CataloguePlan | null,
  { modified }: Head,
): Promise<boolean> {
  if (problem !== null) return entry === null;
  if (!isDeepStrictEqual(entry, plan?.entry ?? null)) return false;
  if (entry === null || catalogue === null) return true;
  const dress = await catalogue.get(entry.name, entry.id);
  return dress !== null && dress.at >= modified.getTime();
}

/**
 * Bring a catalogue up to what an upload is now. Doing it twice does no harm.
 *
 * @param earlier where the previous receipt says that the dress is
 * @param result the new receipt and its dress; `null` when the photo is gone
 * @param at of the upload, in milliseconds since 1970
 */
export async function updateCatalogue(
  catalogue: Catalogue | null,
  earlier: CatalogueEntry | null,
  result: { readonly receipt: Receipt; readonly dress: Dress | null } | null,
  at: number,
): Promise<void> {
  if (catalogue === null) return;
  const entry = result?.receipt.catalogue ?? null;
  if (earlier !== null && !isDeepStrictEqual(earlier, entry)) await catalogue.remove(earlier.name, earlier.id, at);
  if (entry !== null && result?.dress) await catalogue.put(entry.name, result.dress);
}
