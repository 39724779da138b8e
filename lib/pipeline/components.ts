import type { Box, Mask } from '../raster';

/** Connected pieces of a mask. */
export interface Components {
  /** One a pixel: 0 where the mask is 0, else 1 + the component's index. */
  readonly labels: Int32Array;
  /** Of each component, pixels. */
  readonly areas: readonly number[];
  readonly boxes: readonly Box[];
}

/**
 * The connected pieces of a mask, in the order of their first pixels: row by row with labels that are joined where two
 * rows meet, then once more to number what is left of them (Rosenfeld and Pfaltz, 1966).
 *
 * @param neighbours of a pixel: with 8 those that touch it by a corner belong to its piece, too
 */
export function components({ width, height, data }: Mask, neighbours: 4 | 8): Components {
  const labels = new Int32Array(width * height);
  const joins = labelRows(labels, { width, height, data }, neighbours);
  const numbers = new Int32Array(joins.length);
  const areas: number[] = [];
  const edges: [left: number, top: number, right: number, bottom: number][] = [];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (labels[i] === 0) continue;
      const root = rootOf(joins, labels[i]!);
      let number = numbers[root]!;
      if (number === 0) {
        number = areas.push(0);
        numbers[root] = number;
        edges.push([x, y, x, y]);
      }
      labels[i] = number;
      areas[number - 1] = areas[number - 1]! + 1;
      const edge = edges[number - 1]!;
      if (x < edge[0]) edge[0] = x;
      if (x > edge[2]) edge[2] = x;
      edge[3] = y;
    }
  }
  const boxes = edges.map(([left, top, right, bottom]) => ({
    left,
    top,
    width: right - left + 1,
    height: bottom - top + 1,
  }));
  return { labels, areas, boxes };
}

/** Gives each pixel the label of a neighbour above or to its left, else a new one. */
function labelRows(labels: Int32Array, { width, height, data }: Mask, neighbours: 4 | 8): number[] {
  /** Of each label, one of the same piece; a root is its own. */
  const joins = [0];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (data[i] === 0) continue;
      let label = x > 0 ? labels[i - 1]! : 0;
      if (y > 0) {
        label = joined(joins, label, labels[i - width]!);
        if (neighbours === 8 && x > 0) label = joined(joins, label, labels[i - width - 1]!);
        if (neighbours === 8 && x + 1 < width) label = joined(joins, label, labels[i - width + 1]!);
      }
      labels[i] = label === 0 ? joins.push(joins.length) - 1 : label;
    }
  }
  return joins;
}

/** One label for two that touch; 0 is none. */
function joined(joins: number[], label: number, other: number): number {
  if (other === 0 || other === label) return label;
  if (label === 0) return other;
  const [a, b] = [rootOf(joins, label), rootOf(joins, other)];
  joins[Math.max(a, b)] = Math.min(a, b);
  return Math.min(a, b);
}

function rootOf(joins: number[], label: number): number {
  let root = label;
  while (joins[root] !== root) {
    // Halves the way for whoever asks next.
    joins[root] = joins[joins[root]!]!;
    root = joins[root]!;
  }
  return root;
}
