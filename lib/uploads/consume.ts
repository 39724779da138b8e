import type { SQSBatchResponse } from 'aws-lambda';
import { asDresscutError } from '../errors';
import type { Findings } from '../findings';
import { type Message, messagesOf } from './messages';
import type { S3ObjectRef } from './object-ref';
import type { Outcome, ProcessUpload } from './process-upload';

/** Told of everything that happens, for logs and figures. Hears nothing of a photo but its key. */
export interface UploadObserver {
  readonly processed: (entry: {
    readonly upload: S3ObjectRef;
    readonly outcome: Outcome['kind'];
    readonly verdict: Findings['verdict'] | null;
    readonly problem: string | null;
    readonly milliseconds: number;
    readonly steps: Findings['milliseconds'];
    readonly trace: Message['trace'];
  }) => void;
  /** A fault of ours or of the store's; the message comes again, or has come for the last time. */
  readonly failed: (entry: {
    readonly upload: S3ObjectRef;
    readonly error: Error;
    readonly receives: number;
    readonly last: boolean;
    readonly trace: Message['trace'];
  }) => void;
  /** Returned untouched, because too little of the invocation's time is left. */
  readonly returned: (entry: { readonly messages: number; readonly remainingMilliseconds: number }) => void;
  /** A message that could not be understood. */
  readonly unrecognised: (entry: { readonly why: string; readonly trace: Message['trace'] }) => void;
}

export interface ConsumeDependencies {
  readonly processUpload: ProcessUpload;
  readonly observer: UploadObserver;
  /** Deliveries after which the queue gives a message to the dead-letter queue. */
  readonly maxReceives: number;
}

/** Of one photo on a slow day, before this process has cut any: milliseconds. */
const FIRST_GUESS = 10_000;
/** For the answer itself to leave, milliseconds. */
const MARGIN = 2_000;

/**
 * A batch from SQS or an event of S3: one photo after the other, each fault for itself.
 *
 * @param remaining milliseconds that are left of this invocation
 * @returns the messages that must come again
 * @throws AggregateError when S3 itself called, which repeats only whole calls, and a photo of it failed
 */
export type Consume = (event: unknown, remaining: () => number) => Promise<SQSBatchResponse>;

export function createConsume({ processUpload, observer, maxReceives }: ConsumeDependencies): Consume {
  let slowest = 0;

  async function take(upload: S3ObjectRef, { receives, trace }: Message): Promise<Error | null> {
    const start = performance.now();
    try {
      const { kind, receipt } = await processUpload(upload);
      const milliseconds = performance.now() - start;
      slowest = Math.max(slowest, milliseconds);
      const [verdict, problem] = [receipt?.findings?.verdict ?? null, receipt?.problem?.code ?? null];
      const steps = kind === 'done' ? (receipt?.findings?.milliseconds ?? {}) : {};
      observer.processed({ upload, outcome: kind, verdict, problem, milliseconds, steps, trace });
      return null;
    } catch (thrown) {
      const error = asDresscutError(thrown);
      observer.failed({ upload, error, receives, last: receives >= maxReceives, trace });
      return error;
    }
  }

  return async (event, remaining) => {
    const messages = messagesOf(event);
    const failed: Message[] = [];
    const errors: Error[] = [];
    const whole = remaining();
    for (const [index, message] of messages.entries()) {
      if (message.unrecognised !== null) {
        observer.unrecognised({ why: message.unrecognised, trace: message.trace });
        continue;
      }
      let fault: Error | null = null;
      for (const upload of message.uploads) {
        const left = remaining();
        // Half of the invocation is enough for any: one slow photo must not keep all later ones from being tried.
        if (left < Math.min(slowest === 0 ? FIRST_GUESS : slowest * 2, whole / 2) + MARGIN) {
          const rest = messages.slice(index);
          observer.returned({ messages: rest.length, remainingMilliseconds: left });
          return ended([...failed, ...rest], [...errors, new Error('the time of this invocation is used up')]);
        }
        fault = (await take(upload, message)) ?? fault;
      }
      if (fault === null) continue;
      failed.push(message);
      errors.push(fault);
    }
    return ended(failed, errors);
  };
}

function ended(failed: readonly Message[], errors: readonly Error[]): SQSBatchResponse {
  if (failed.some(({ id }) => id === null))
    throw new AggregateError(errors, errors.map(({ message }) => message).join('; '));
  return { batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id ?? '' })) };
}
