import { DresscutError } from '../errors';

export interface TurnLimits {
  /** Photos cut at the same time. */
  readonly atOnce: number;
  /** Calls that may wait for their turn; each holds its photo in memory. */
  readonly maxWaiting: number;
}

/** Does work when its turn comes. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** The signal ends the wait for a turn, not the work. */
export type Turns = (signal: AbortSignal) => InTurn;

/**
 * A queue before the network, first come first served: cutting more photos at once than there are CPUs makes all
 * of them late, and each takes its own memory.
 *
 * The turns throw DresscutError `busy` when too many wait already, or when the signal comes before the turn.
 */
export function createTurns({ atOnce, maxWaiting }: TurnLimits): Turns {
  const waiting = new Set<() => void>();
  let taken = 0;

  async function take(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw busy('The call ended before its turn.', maxWaiting);
    if (taken < atOnce) {
      taken++;
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
      taken--;
      return;
    }
    waiting.delete(next);
    next();
  }

  return (signal) => async (work) => {
    await take(signal);
    try {
      return await work();
    } finally {
      pass();
    }
  };
}

/**
 * How many calls may be inside at all, from before their photo is read: each may hold one. There is room for as many
 * that are still sending theirs as may wait for their turn.
 *
 * @throws DresscutError `busy` before any work of a call that finds it full
 */
export function createDoor({ atOnce, maxWaiting }: TurnLimits): InTurn {
  const most = atOnce + 2 * maxWaiting;
  let inside = 0;
  return async (work) => {
    if (inside >= most) throw busy(`${inside} calls are being served already.`, maxWaiting);
    inside++;
    try {
      return await work();
    } finally {
      inside--;
    }
  };
}

function busy(message: string, maxWaiting: number): DresscutError {
  return new DresscutError('busy', message, { facts: { maxWaiting } });
}
