import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import { DresscutError } from '../../errors';
import { type Limits, maxBodyBytes } from '../limits';

/** What one call holds of the memory that there is for calls; kept until its answer has gone out. */
export interface Hold {
  /** Raises what the call holds to so many bytes. @throws DresscutError `busy` when there is no room for them */
  reserve(bytes: number): void;
  /** The same for what is there already, and can only be waited for. */
  keep(bytes: number): void;
}

/** Set by {@link RequestLimit.middleware} for whoever works on the call. */
export interface HoldVariables {
  hold: Hold;
}

export interface RequestLimit {
  /** Throws DresscutError `busy`, before anything of the call is read, when there is no room for it. */
  readonly middleware: MiddlewareHandler<{ Bindings: Partial<HttpBindings>; Variables: HoldVariables }>;
  /** Whether a call with so many bytes would be let in now. */
  readonly hasRoom: (bytes: number) => boolean;
}

/**
 * Lets calls in by the bytes that they hold or have announced, from before their photo is read until their answer has
 * gone out, and by their number.
 */
export function limitRequests(limits: Pick<Limits, 'maxBytes' | 'maxCalls' | 'maxHeldBytes'>): RequestLimit {
  const { maxCalls, maxHeldBytes } = limits;
  let calls = 0;
  let held = 0;
  const hasRoom = (bytes: number) => calls < maxCalls && held + bytes <= maxHeldBytes;

  function open(): Hold & { release(): void } {
    let own = 0;
    calls++;
    const keep = (bytes: number) => {
      held += Math.max(0, bytes - own);
      own = Math.max(own, bytes);
    };
    return {
      keep,
      reserve(bytes) {
        if (held + bytes - own > maxHeldBytes) throw busy();
        keep(bytes);
      },
      release() {
        calls--;
        held -= own;
        own = 0;
      },
    };
  }

  function busy(): DresscutError {
    const message = `${calls} calls are inside, with ${(held / 1e6).toFixed(1)} MB.`;
    return new DresscutError('busy', message, { facts: { maxCalls, maxHeldBytes } });
  }

  return {
    hasRoom,
    middleware: async (c, next) => {
      const length = Number(c.req.header('content-length') ?? 0);
      // Whoever announces more than any body may have is refused for that, before anything is read.
      const announced = length > 0 && length <= maxBodyBytes(limits) ? length : 0;
      if (!hasRoom(announced)) throw busy();
      const hold = open();
      hold.keep(announced);
      c.set('hold', hold);
      // On Lambda nobody tells when the answer is out, and there is one call at a time.
      const outgoing = c.env?.outgoing;
      if (outgoing === undefined) return next().finally(() => hold.release());
      outgoing.once('close', () => hold.release());
      return next();
    },
  };
}
