import { matteOf } from './pipeline/dresses';
import { drawStrokes, stampStrokes } from './pipeline/strokes';
import { keptDresses, wearersOf } from './pipeline/wearers';
import type { Segmenter } from './ports';
import { presenceIn } from './predict';
import type { Box, DressLabels, Matte, Photo, Probabilities } from './raster';
import type { Stroke } from './strokes';

/** A matte, and which of its dresses is where; `null` where there is one. */
export interface Dresses {
  readonly matte: Matte;
  readonly labels: DressLabels | null;
}

/** What a photo shows, and who can be asked more of it. */
export interface Asked {
  readonly photo: Photo;
  readonly probabilities: Probabilities;
  readonly segmenter: Segmenter;
}

/**
 * A matte of several dresses without those that are probably none. The network tells whether a photo shows a dress, not
 * who wears it; so it looks at whoever wears each of them, alone, and at each garment that nobody wears. The most
 * probable one stays, and so does what a stroke keeps, or what is cut where the network sees nobody.
 *
 * @param line the probability below which somebody wears none, 0 to 1
 * @throws DresscutError `model-unavailable`
 */
export async function dropUnworn(
  matte: Matte,
  labels: DressLabels,
  asked: Asked,
  line: number,
  strokes: readonly Stroke[],
): Promise<Dresses> {
  // From 0 up everybody stays: no need to look.
  if (line <= 0) return { matte, labels };
  const presences: (number | null)[] = [];
  for (const box of wearersOf(asked.photo, matte, labels, asked.probabilities)) {
    presences.push(box === null ? null : await presenceOf(box, asked));
  }
  const least = Math.min(line, Math.max(...presences.map((presence) => presence ?? 0)));
  const isWorn = presences.map((presence) => (presence ?? 1) >= least);
  if (!isWorn.includes(false)) return { matte, labels };
  const kept = keptDresses(strokes, labels);
  const numbers = isWorn.flatMap((worn, i) => (worn || kept.has(i + 1) ? [i + 1] : []));
  if (numbers.length === presences.length) return { matte, labels };
  const worn = matteOf(matte, labels, ...numbers);
  return {
    // What is drawn holds to the pixel, on the line to whatever is dropped, too.
    matte: strokes.length === 0 ? worn : stampStrokes(worn, drawStrokes(strokes, asked.photo)),
    labels: numbers.length === 1 ? null : { ...labels, data: labels.data.map((n) => numbers.indexOf(n) + 1) },
  };
}

/** Whoever draws asks again: what was said of each person is kept as long as the probabilities are. */
const known = new WeakMap<Probabilities, Map<string, number>>();

async function presenceOf(wearer: Box, { photo, probabilities, segmenter }: Asked): Promise<number> {
  const said = known.get(probabilities) ?? new Map<string, number>();
  known.set(probabilities, said);
  const key = JSON.stringify(wearer);
  const presence = said.get(key) ?? (await presenceIn(photo, wearer, segmenter, probabilities.turned));
  said.set(key, presence);
  return presence;
}
