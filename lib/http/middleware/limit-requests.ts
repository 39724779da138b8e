import type { MiddlewareHandler } from 'hono';
import { DresscutError } from '../../errors';
import type { Limits } from '../limits';

/**
 * How many calls may be inside at all, from before their photo is read: each may hold one. There is room for as many
 * that are still sending theirs as may wait for their turn.
 * The middleware throws DresscutError `busy`, before any work of a call that finds it full.
 */
export function limitRequests({ atOnce, maxWaiting }: Pick<Limits, 'atOnce' | 'maxWaiting'>): MiddlewareHandler {
  const most = atOnce + 2 * maxWaiting;
  let inside = 0;
  return async (_, next) => {
    if (inside >= most) {
      throw new DresscutError('busy', `${inside} calls are being served already.`, { facts: { maxWaiting } });
    }
    inside++;
    try {
      await next();
    } finally {
      inside--;
    }
  };
}
