/** What one process lets its callers take of it. */
export interface Limits {
  /** Of a photo, in bytes. */
  readonly maxBytes: number;
  /** Of an answer counted as base64, in bytes; `null` where nothing between us and the caller limits it. */
  readonly maxAnswerBytes: number | null;
  /** From the first look at the request to the answer. */
  readonly maxSeconds: number;
  /** Photos cut at the same time. */
  readonly atOnce: number;
  /** Calls that may wait for one of those places; each holds its photo in memory. */
  readonly maxWaiting: number;
}
