import { COLOURS, FEATURES, project } from './projection';

/** Raised whenever the numbers or their order change: embeddings of two recipes cannot be compared. */
export const RECIPE = 'r2';

/** What an embedding is made from. */
export interface EmbeddingInputs {
  /** The network's own features over the dress; `null` where a network gives none, or not these. */
  readonly features: readonly number[] | null;
  /** The dress's colours, detail and outline. */
  readonly colours: readonly number[];
}

/** How much the colours count beside the features. */
const COLOURS_COUNT = 0.5;

/**
 * Where a dress stands among others: 64 numbers of the network's features and 64 of the colours, each mapped so that what
 * differs between photos of one dress counts little and what differs between dresses counts much (Fisher's linear
 * discriminant, 1936).
 *
 * @returns numbers of length 1 together; without features only those of the colours
 */
export function embeddingOf({ features, colours }: EmbeddingInputs): number[] {
  const known = features !== null && features.length === FEATURES.inputs ? project(features, FEATURES) : [];
  const numbers = [...known, ...project(colours, COLOURS).map((value) => COLOURS_COUNT * value)];
  const length = Math.hypot(...numbers) || 1;
  // As written to JSON: five places are far below what tells two dresses apart.
  return numbers.map((value) => Math.round((1e5 * value) / length) / 1e5);
}
