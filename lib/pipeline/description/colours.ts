import { formatHex } from 'culori';
import type { ColourTerm, DressColour } from '../../description';
import type { Cluster } from './clusters';
import { nameOf, termOf } from './colour-name';

/** Colours that one dress is described with. */
const MOST = 5;
/** Share of the dress below which a colour is not told: a buckle, a necklace, what was cut a little wide. */
const LEAST = 0.05;

/** The colours by name, those of one name as one; their shares are of the whole dress. */
export function namedColours(clusters: readonly Cluster[]): DressColour[] {
  const byTerm = new Map<ColourTerm, Cluster[]>();
  for (const cluster of clusters) {
    const term = termOf(cluster.l, cluster.a, cluster.b);
    byTerm.set(term, [...(byTerm.get(term) ?? []), cluster]);
  }
  const colours = [...byTerm].map(([term, members]) => {
    const { l, a, b, share } = meanOf(members);
    return { name: nameOf(term, l), hex: formatHex({ mode: 'oklab', l, a, b }), share: Math.round(share * 100) / 100 };
  });
  const [first, ...others] = colours.sort((one, other) => other.share - one.share);
  return first === undefined ? [] : [first, ...others.filter(({ share }) => share >= LEAST)].slice(0, MOST);
}

function meanOf(members: readonly Cluster[]): Cluster {
  const share = members.reduce((sum, member) => sum + member.share, 0);
  const mean = (key: 'l' | 'a' | 'b') => members.reduce((sum, member) => sum + member[key] * member.share, 0) / share;
  return { l: mean('l'), a: mean('a'), b: mean('b'), share };
}
