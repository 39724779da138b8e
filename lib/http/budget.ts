import { DresscutError } from '../errors';

/**
 * Work, or a clear answer before API Gateway cuts the line. The work itself cannot be stopped and is left to end.
 *
 * @param seconds from now
 * @throws DresscutError `out-of-time`, and whatever the work throws
 */
export async function withinBudget<T>(seconds: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `The call took longer than its budget of ${seconds} s.`;
      reject(new DresscutError('out-of-time', message, { facts: { maxSeconds: seconds } }));
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
