import type { MiddlewareHandler } from 'hono';
import { DresscutError } from '../../errors';

/** Set by {@link deadline} for whoever works on the call. */
export interface DeadlineVariables {
  /** Comes when the time is over or the caller has hung up: nobody waits for the answer any more. */
  signal: AbortSignal;
}

/**
 * An answer, or a clear refusal before API Gateway cuts the line. Work that has begun is left to end; its signal
 * (`c.var.signal`) lets it give up whatever it still waits for.
 * The middleware throws DresscutError `out-of-time`.
 *
 * @param seconds from the call's arrival
 */
export function deadline(seconds: number): MiddlewareHandler<{ Variables: DeadlineVariables }> {
  return async (c, next) => {
    const over = new AbortController();
    c.set('signal', AbortSignal.any([over.signal, c.req.raw.signal]));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const message = `The call took longer than ${seconds} s.`;
        const error = new DresscutError('out-of-time', message, { facts: { maxSeconds: seconds } });
        over.abort(error);
        // Work that gives up at the signal knows better why it came to nothing: it goes first.
        setImmediate(reject, error);
      }, seconds * 1000);
    });
    try {
      await Promise.race([next(), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
