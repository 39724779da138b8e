import { DresscutError } from '../errors';

/**
 * Work, or a clear answer before API Gateway cuts the line. Work that has begun cannot be stopped and is left to
 * end; the signal lets it give up whatever it still waits for.
 *
 * @param seconds from now
 * @param work its signal comes when the time is over or the caller has hung up
 * @param hungUp comes when nobody waits for the answer any more
 * @throws DresscutError `out-of-time`, and whatever the work throws
 */
export async function withinBudget<T>(
  seconds: number,
  work: (signal: AbortSignal) => Promise<T>,
  hungUp: AbortSignal,
): Promise<T> {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      over.abort();
      const message = `The call took longer than its budget of ${seconds} s.`;
      const error = new DresscutError('out-of-time', message, { facts: { maxSeconds: seconds } });
      // Work that gives up at the signal knows better why it came to nothing: it goes first.
      setImmediate(reject, error);
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work(AbortSignal.any([over.signal, hungUp])), late]);
  } finally {
    clearTimeout(timer);
  }
}
