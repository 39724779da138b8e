import { DresscutError } from '../../errors';
import type { Limits } from '../limits';

/** Does work when its turn comes; the signal ends the wait for it, not the work. */
export type LimitConcurrency = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

/**
 * A queue before the network, first come first served: cutting more photos at once than there are CPUs makes all
 * of them late, and each takes its own memory.
 *
 * The limiter throws DresscutError `busy` when too many wait already, or when the signal comes before the turn.
 */
export function limitConcurrency({ atOnce, maxWaiting }: Pick<Limits, 'atOnce' | 'maxWaiting'>): LimitConcurrency {
  const waiting = new Set<() => void>();
  let running = 0;

  async function take(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw busy('The call ended before its turn.', maxWaiting);
    if (running < atOnce) {
      running++;
      return;
    }
    if (waiting.size >= maxWaiting) throw busy(`${waiting.size} calls wait for their turn already.`, maxWaiting);
    await new Promise<void>((resolve, reject) => {
      const start = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        waiting.delete(start);
        reject(busy('The call ended before its turn.', maxWaiting));
      };
      waiting.add(start);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** The turn goes to who has waited longest; only where nobody waits does it become free. */
  function pass(): void {
    const [next] = waiting;
    if (next === undefined) {
      running--;
      return;
    }
    waiting.delete(next);
    next();
  }

  return async (signal, work) => {
    await take(signal);
    try {
      return await work();
    } finally {
      pass();
    }
  };
}

function busy(message: string, maxWaiting: number): DresscutError {
  return new DresscutError('busy', message, { facts: { maxWaiting } });
}
