/** What one process lets its callers take of it. */
export interface Limits {
  /** Of a photo, in bytes. */
  readonly maxBytes: number;
  /** Of an answer counted as base64, in bytes; `null` where nothing between us and the caller limits it. */
  readonly maxAnswerBytes: number | null;
  /** From the first look at the request to the answer. */
  readonly maxSeconds: number;
  /** A sender that goes silent for so long is not coming back, or does better with a new connection. */
  readonly stalledSeconds: number;
  /** Photos cut at the same time. */
  readonly atOnce: number;
  /** Calls that may wait for one of those places. */
  readonly maxWaiting: number;
  /** Calls that may be inside at all: that send, wait, are cut, or take their answer. */
  readonly maxCalls: number;
  /** Bytes that all of them may hold or have announced. */
  readonly maxHeldBytes: number;
}

/** Room for everything in a form or a JSON text that is neither photo nor strokes. */
export const MAX_OTHER_BYTES = 64 * 1024;
/** Room for strokes: 20,000 points of 25 bytes. */
export const MAX_STROKES_BYTES = 512 * 1024;

/** The largest body that can hold a photo: base64 takes a third more, and its escapes in JSON and in forms the rest. */
export function maxBodyBytes({ maxBytes }: Pick<Limits, 'maxBytes'>): number {
  return Math.ceil(maxBytes * 1.5) + MAX_OTHER_BYTES + MAX_STROKES_BYTES;
}
