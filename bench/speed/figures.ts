import type { EngineRow } from '../engines';
import type { machine } from '../machine';

export interface Timing {
  readonly threads: number;
  readonly format: string;
  readonly megapixels: number;
  /** Decode, reduce, one look of the network, encode. */
  readonly floor: number;
  /** The same with every look. */
  readonly unavoidable: number;
  readonly whole: number;
  /** The whole less the unavoidable, in the same round. */
  readonly ours: number;
  /** Of the whole to the floor. */
  readonly ratio: number;
  readonly steps: Readonly<Record<string, number>>;
  readonly peakRss: number;
}

/** Milliseconds of a whole process, from its start to its end, for one photo. */
export interface First {
  readonly threads: number;
  readonly megapixels: number;
  readonly whole: number;
  readonly unavoidable: number;
  readonly peakRss: number;
}

export interface Rival {
  readonly name: string;
  readonly can: string;
  readonly cannot: string;
  /** Milliseconds of what `measured` names, and of ours for the same; `null`: it did not run, for `reason`. */
  readonly measured: string;
  readonly theirs: number | null;
  readonly ours: number | null;
  readonly peakRss: number | null;
  readonly reason?: string;
}

/** Resident memory of one process, MB, over photos of one size: it must not grow. */
export interface Memory {
  readonly megapixels: number;
  readonly seen: readonly { photos: number; rss: number }[];
  readonly peakRss: number;
}

export interface Speed {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: ReturnType<typeof machine>;
  readonly timings: readonly Timing[];
  readonly growth: readonly { threads: number; format: string; whole: number; unavoidable: number }[];
  readonly first: readonly First[];
  readonly throughput: readonly { workers: number; perSecond: number }[];
  readonly memory: Memory;
  readonly engines: readonly EngineRow[];
  readonly rivals: readonly Rival[];
}
