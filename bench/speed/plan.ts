/** What is measured, and how often. */
export interface Plan {
  /** Heights of the photos to time, pixels; their width is two thirds of it. */
  readonly heights: readonly number[];
  readonly formats: readonly string[];
  readonly threads: readonly number[];
  readonly rounds: number;
  /** Processes that cut at the same time. */
  readonly workers: readonly number[];
  /** Of each measurement of throughput. */
  readonly seconds: number;
  /** That one process cuts while its memory is watched. */
  readonly photos: number;
  readonly peers: boolean;
}

/** Photos of 0.5, 1.5, 12 and 48 megapixels. */
export const FULL: Plan = {
  heights: [864, 1536, 4243, 8485],
  formats: ['png', 'webp'],
  threads: [1, 2],
  rounds: 7,
  workers: [1, 2, 4],
  seconds: 6,
  photos: 300,
  peers: true,
};
/** Does it run at all? */
export const QUICK: Plan = {
  heights: [432, 864],
  formats: ['png'],
  threads: [1],
  rounds: 2,
  workers: [1],
  seconds: 0.5,
  photos: 6,
  peers: false,
};
