import type { Dress } from '../../lib/catalogue/catalogue';
import type { Embedding } from '../../lib/description';

export const VERSION = 'dressnet-9.9.9-r1';

/** An embedding that points where the numbers say. */
export function embeddingOf(...numbers: number[]): Embedding {
  const length = Math.hypot(...numbers);
  return { version: VERSION, vector: numbers.map((number) => Math.fround(number / length)) };
}

/** A dress with everything that a catalogue keeps; `changes` replaces parts of it. */
export function dressOf(id: string, changes: Partial<Dress> = {}): Dress {
  return {
    id,
    embedding: embeddingOf(1, 0, 0),
    traits: {
      colours: [
        { name: 'dark blue', hex: '#101a50', share: 0.8 },
        { name: 'white', hex: '#f4f4f4', share: 0.2 },
      ],
      pattern: 'plain',
      length: 'midi',
    },
    metadata: { price: 49.5, brand: 'Ä "quoted"', sale: true },
    at: 1000,
    ...changes,
  };
}
