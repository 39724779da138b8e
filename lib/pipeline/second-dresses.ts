import type { Plane } from '../raster';
import type { Components } from './components';

/** A piece of at least this share of the largest one is a second dress, whoever wears it. */
const SECOND = 0.5;
/** So is the largest piece of whoever stands beside, if it has at least this share: what an open coat shows. */
const BESIDE = 0.1;

/** Who stands beside whoever wears the largest dress: a number for each, 0 where nobody does. Asked where it matters. */
export type Companions = () => Plane<Uint8Array>;

/**
 * Which pieces of a mask are dresses: the largest one, and those of other people in the picture.
 *
 * @param companions of the mask's size
 */
export function dressesAmong({ labels, areas }: Components, companions: Companions): boolean[] {
  const largest = Math.max(0, ...areas);
  const dresses = areas.map((area) => area >= SECOND * largest);
  if (!areas.some((area) => area >= BESIDE * largest && area < SECOND * largest)) return dresses;
  const people = companions().data;
  const worn = areas.map(() => new Map<number, number>());
  for (let i = 0; i < labels.length; i++) {
    const piece = worn[labels[i]! - 1];
    if (piece !== undefined && people[i]! > 0) piece.set(people[i]!, (piece.get(people[i]!) ?? 0) + 1);
  }
  /** Of each piece: who wears most of it, or nobody. */
  const owners = worn.map((shares, piece) => {
    const [owner, share] = [...shares].sort((a, b) => b[1] - a[1])[0] ?? [0, 0];
    return share > areas[piece]! / 2 ? owner : 0;
  });
  const bySize = [...areas.keys()].sort((a, b) => areas[b]! - areas[a]!);
  for (const owner of new Set(owners)) {
    if (owner === 0) continue;
    const own = bySize.find((piece) => owners[piece] === owner)!;
    if (areas[own]! >= BESIDE * largest) dresses[own] = true;
  }
  return dresses;
}
