import type { ColourName, Embedding, Length, Pattern, Traits } from '../description';

/** What a caller keeps beside a dress, such as its price or the address of its page. */
export type Metadata = Readonly<Record<string, string | number | boolean>>;

/** A dress as a catalogue holds it. */
export interface Dress {
  /** The caller's own name for it, unique within its catalogue. */
  readonly id: string;
  readonly embedding: Embedding;
  readonly traits: Traits;
  readonly metadata: Metadata;
  /** When its photo was made or changed, in milliseconds since 1970: of two, the later one stays. */
  readonly at: number;
}

/** Which dresses may be found; a dress has to meet all that is given. */
export interface Filter {
  /** Any of its colours; `blue` also meets light and dark blue. */
  readonly colour?: ColourName | undefined;
  readonly pattern?: Pattern | undefined;
  readonly length?: Length | undefined;
  /** Each name has exactly this value. */
  readonly metadata?: Metadata | undefined;
}

export interface Query {
  readonly embedding: Embedding;
  /** 1 to 100. */
  readonly limit: number;
  readonly filter?: Filter | undefined;
}

/** A dress that was found. */
export interface Match extends Omit<Dress, 'embedding'> {
  /** Likeness to the query, -1 to 1: the cosine of both embeddings. */
  readonly score: number;
}

/** A catalogue's name and the version of all its embeddings. */
export interface CatalogueInfo {
  readonly name: string;
  readonly version: string;
}

/**
 * Named catalogues of dresses. A catalogue begins with the first dress put into it, whose embedding's version is then
 * that of the catalogue. Every method throws DresscutError: `invalid-option` for names, ids, metadata and filters that
 * break a rule, `catalogue-version` for an embedding of another version, `catalogue-unavailable` where the store fails.
 */
export interface Catalogue {
  /**
   * Put a dress in, or in the place of an older one. What was delivered late or twice changes nothing.
   * @returns false where a later one, or a later removal, stands
   */
  put(name: string, dress: Dress): Promise<boolean>;
  /**
   * Take a dress out. It is remembered, so that an older delivery cannot bring the dress back.
   * @param at when it went, in milliseconds since 1970
   * @returns whether there was one, and none later than `at`
   */
  remove(name: string, id: string, at: number): Promise<boolean>;
  /** @returns `null` where there is no such catalogue or dress */
  get(name: string, id: string): Promise<Dress | null>;
  /**
   * The dresses most like an embedding, the best first.
   * @throws DresscutError `not-found` where there is no such catalogue
   */
  nearest(name: string, query: Query): Promise<readonly Match[]>;
  /** All catalogues, by name. */
  list(): Promise<readonly CatalogueInfo[]>;
  /**
   * Delete a catalogue with all its dresses.
   * @returns whether there was one
   */
  drop(name: string): Promise<boolean>;
  /** Let go of files and connections. */
  close(): Promise<void>;
}
