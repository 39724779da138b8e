/** Seconds before the second delivery; each later one waits three times as long. */
const FIRST = 10;
const FACTOR = 3;
/** A queue hides a message for at most twelve hours; a quarter of an hour is long enough for any fault that passes. */
const MOST = 900;

/**
 * How long a message that failed stays away: about 10, 30, 90 and 270 seconds, a fifth more or less, so that many that
 * failed together do not come back together.
 *
 * @param receives deliveries so far, from 1
 * @param random from 0 to 1
 */
export function secondsToRetry(receives: number, random: () => number = Math.random): number {
  const seconds = Math.min(MOST, FIRST * FACTOR ** (receives - 1));
  return Math.round(seconds * (0.8 + 0.4 * random()));
}
