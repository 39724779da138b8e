import { Ring } from './ring';

/** The eight neighbours of a pixel as steps across and down; the opposite of direction `d` is `7 - d`. */
export const DIRECTIONS = [-1, 0, 1]
  .flatMap((dy) => [-1, 0, 1].map((dx) => [dx, dy] as const))
  .filter(([dx, dy]) => dx !== 0 || dy !== 0);

/** Pixels between a source and a sink; what joins two of them counts both ways. */
export interface Network {
  /** Eight for each pixel, in the order of `DIRECTIONS`: which pixel lies there, -1 for none of the network. */
  readonly neighbours: Int32Array;
  /** Eight for each pixel: what can flow to the neighbour, 0 or more. */
  readonly capacities: Float64Array;
  /** One for each pixel: above 0 what can flow from the source to it, below 0 what can flow from it to the sink. */
  readonly terminals: Float64Array;
}

const FREE = 0;
const SOURCE = 1;
const SINK = 2;

/** Where a pixel's parent in its tree lies: one of the eight directions, or one of these. */
const TERMINAL = 8;
const ORPHAN = 9;

/**
 * The cheapest cut between source and sink, by the largest flow: Boykov and Kolmogorov, "An Experimental Comparison of
 * Min-Cut/Max-Flow Algorithms for Energy Minimization in Vision" (PAMI 2004). Two trees grow from source and sink;
 * where they meet, flow is pushed along; what that cuts off is adopted by the nearest neighbour of its own tree.
 *
 * @param network `capacities` and `terminals` are used up
 * @returns for each pixel 1 on the source's side, 0 on the sink's; where two cuts cost the same, the smaller source side
 */
export function minCut(network: Network): Uint8Array {
  const trees = new Trees(network);
  trees.flow();
  return trees.tree.map((tree) => (tree === SOURCE ? 1 : 0));
}

class Trees {
  readonly tree: Uint8Array;
  private readonly parent: Uint8Array;
  /** Steps to the terminal; known to be true where `stamp` is the time of now. */
  private readonly distance: Int32Array;
  private readonly stamp: Int32Array;
  private time = 0;
  /** From where a tree may still grow. */
  private readonly active: Ring;
  private readonly orphans: number[] = [];

  constructor(private readonly network: Network) {
    const { terminals } = network;
    const pixels = terminals.length;
    this.tree = new Uint8Array(pixels);
    this.parent = new Uint8Array(pixels);
    this.distance = new Int32Array(pixels);
    this.stamp = new Int32Array(pixels);
    this.active = new Ring(pixels);
    for (let p = 0; p < pixels; p++) if (terminals[p] !== 0) this.join(p, terminals[p]! > 0 ? SOURCE : SINK, TERMINAL);
  }

  flow(): void {
    for (let p = this.active.next(); p !== undefined; p = this.active.next()) this.grow(p);
  }

  /** A tree takes in what it reaches from a pixel; where it meets the other, flow passes. */
  private grow(p: number): void {
    const { neighbours, capacities } = this.network;
    const { tree } = this;
    for (let d = 0; d < 8 && tree[p] !== FREE; d++) {
      const q = neighbours[8 * p + d]!;
      // From the source flow comes out to the leaves, to the sink it goes in from them.
      const arc = tree[p] === SOURCE ? 8 * p + d : 8 * q + 7 - d;
      while (q >= 0 && tree[p] !== FREE && tree[q] !== tree[p] && capacities[arc]! > 0) {
        if (tree[q] === FREE) {
          this.join(q, tree[p]!, 7 - d);
        } else {
          this.push(arc);
          this.adopt();
        }
      }
    }
  }

  private join(p: number, tree: number, parent: number): void {
    this.tree[p] = tree;
    this.parent[p] = parent;
    this.active.add(p);
  }

  /** As much as can flow from the source, through the arc where the trees meet, to the sink. */
  private push(arc: number): void {
    const { neighbours, capacities } = this.network;
    const [top, bottom] = [arc >> 3, neighbours[arc]!];
    const most = Math.min(capacities[arc]!, this.room(top, SOURCE), this.room(bottom, SINK));
    capacities[arc] = capacities[arc]! - most;
    const back = 8 * bottom + 7 - (arc & 7);
    capacities[back] = capacities[back]! + most;
    this.pass(top, SOURCE, most);
    this.pass(bottom, SINK, most);
  }

  /** How much can flow between a pixel and the terminal of its tree. */
  private room(pixel: number, tree: number): number {
    const { neighbours, capacities, terminals } = this.network;
    const { parent } = this;
    let most = Number.POSITIVE_INFINITY;
    let p = pixel;
    for (let d = parent[p]!; d !== TERMINAL; d = parent[p]!) {
      const up = 8 * p + d;
      p = neighbours[up]!;
      const room = capacities[tree === SOURCE ? 8 * p + 7 - d : up]!;
      if (room < most) most = room;
    }
    return Math.min(most, Math.abs(terminals[p]!));
  }

  /** What flows one way can flow back; whose way to the parent is full is an orphan. */
  private pass(pixel: number, tree: number, amount: number): void {
    const { neighbours, capacities, terminals } = this.network;
    const { parent } = this;
    let p = pixel;
    for (let d = parent[p]!; d !== TERMINAL; d = parent[p]!) {
      const up = 8 * p + d;
      const above = neighbours[up]!;
      const down = 8 * above + 7 - d;
      const through = tree === SOURCE ? down : up;
      const back = tree === SOURCE ? up : down;
      const left = capacities[through]! - amount;
      capacities[through] = left;
      capacities[back] = capacities[back]! + amount;
      if (left === 0) this.orphan(p);
      p = above;
    }
    terminals[p] = terminals[p]! + (tree === SOURCE ? -amount : amount);
    if (terminals[p] === 0) this.orphan(p);
  }

  private orphan(p: number): void {
    this.parent[p] = ORPHAN;
    this.orphans.push(p);
  }

  /** Every orphan to the parent that is nearest to the terminal; whoever finds none leaves the tree. */
  private adopt(): void {
    const { neighbours, capacities } = this.network;
    const { tree, parent, orphans } = this;
    this.time++;
    for (let p = orphans.pop(); p !== undefined; p = orphans.pop()) {
      let best = ORPHAN;
      let nearest = Number.POSITIVE_INFINITY;
      for (let d = 0; d < 8; d++) {
        const q = neighbours[8 * p + d]!;
        if (q < 0 || tree[q] !== tree[p]) continue;
        if (capacities[tree[p] === SOURCE ? 8 * q + 7 - d : 8 * p + d] === 0) continue;
        const steps = this.distanceOf(q);
        if (steps < nearest) [best, nearest] = [d, steps];
      }
      parent[p] = best;
      if (best === ORPHAN) this.release(p);
      else this.mark(p, nearest + 1);
    }
  }

  private release(p: number): void {
    const { neighbours, capacities } = this.network;
    for (let d = 0; d < 8; d++) {
      const q = neighbours[8 * p + d]!;
      if (q < 0 || this.tree[q] !== this.tree[p]) continue;
      if (capacities[this.tree[p] === SOURCE ? 8 * q + 7 - d : 8 * p + d]! > 0) this.active.add(q);
      if (this.parent[q] === 7 - d) this.orphan(q);
    }
    this.tree[p] = FREE;
  }

  /** Steps from a pixel to its terminal; infinite where the way ends at an orphan. */
  private distanceOf(pixel: number): number {
    const { neighbours } = this.network;
    const { parent, stamp, distance, time } = this;
    let steps = 0;
    let p = pixel;
    for (; stamp[p] !== time && parent[p] !== TERMINAL; steps++) {
      if (parent[p] === ORPHAN) return Number.POSITIVE_INFINITY;
      p = neighbours[8 * p + parent[p]!]!;
    }
    if (stamp[p] !== time) this.mark(p, 1);
    const all = steps + distance[p]!;
    for (let q = pixel, left = all; stamp[q] !== time; q = neighbours[8 * q + parent[q]!]!, left--) this.mark(q, left);
    return all;
  }

  private mark(p: number, steps: number): void {
    this.stamp[p] = this.time;
    this.distance[p] = steps;
  }
}
