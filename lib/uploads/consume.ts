import type { SQSBatchResponse } from 'aws-lambda';
import { asDresscutError } from '../errors';
import type { ForgetUpload } from './forget-upload';
import { type Message, messagesOf } from './messages';
import type { RemovedObject, S3ObjectRef } from './object-ref';
import type { UploadObserver } from './observer';
import type { ProcessUpload } from './process-upload';
import { secondsToRetry } from './retry';

/** Lets a message come again after so many seconds, instead of after the queue's own visibility time. */
export type RetryAfter = (receiptHandle: string, seconds: number) => Promise<void>;

export interface ConsumeDependencies {
  readonly processUpload: ProcessUpload;
  readonly forgetUpload: ForgetUpload;
  readonly observer: UploadObserver;
  /** Deliveries after which the queue gives a message to the dead-letter queue. */
  readonly maxReceives: number;
  /** Without it, failed messages come again when the queue sees fit. */
  readonly retryAfter?: RetryAfter | undefined;
}

/**
 * Messages that the queue should deliver at a time, as `serverless.yml` sets it. A photo that kills the process, by the
 * memory that it takes for example, takes along whatever was delivered with it: then nobody can answer for the others.
 */
export const BATCH_SIZE = 1;

/** Of one photo on a slow day, before this process has cut any: milliseconds. */
const FIRST_GUESS = 10_000;
/** For the answer itself to leave, milliseconds. */
const MARGIN = 2_000;
/** After the end of an invocation that cannot answer any more, until its message comes again: seconds. */
const AFTER_DEATH = 10;

/**
 * A batch from SQS or an event itself: one photo after the other, each failure for itself.
 *
 * @param remaining milliseconds that are left of this invocation
 * @returns the messages that must come again
 * @throws AggregateError when a service itself called, which repeats only whole calls, and some of it failed
 */
export type Consume = (event: unknown, remaining: () => number) => Promise<SQSBatchResponse>;

export function createConsume(dependencies: ConsumeDependencies): Consume {
  const { processUpload, forgetUpload, observer, maxReceives, retryAfter } = dependencies;
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

  async function forget(removed: RemovedObject, { receives, trace }: Message): Promise<Error | null> {
    try {
      if (await forgetUpload(removed)) observer.forgotten({ upload: removed, trace });
      return null;
    } catch (thrown) {
      const error = asDresscutError(thrown);
      observer.failed({ upload: removed, error, receives, last: receives >= maxReceives, trace });
      return error;
    }
  }

  /** Errors of one message; `null` when too little time was left for all of it. */
  async function takeAll(message: Message, enough: () => boolean): Promise<readonly Error[] | null> {
    const { receives, trace } = message;
    const last = receives >= maxReceives;
    for (const why of message.unrecognised) observer.unrecognised({ why, receives, last, trace });
    const errors: Error[] = message.unrecognised.map((why) => new Error(`a message was not understood: ${why}`));
    for (const upload of message.created) {
      if (!enough()) return null;
      const error = await take(upload, message);
      if (error !== null) errors.push(error);
    }
    for (const removed of message.removed) {
      const error = await forget(removed, message);
      if (error !== null) errors.push(error);
    }
    return errors;
  }

  async function stayAway({ receiptHandle }: Message, seconds: number): Promise<void> {
    if (retryAfter === undefined || receiptHandle === null || seconds === Number.POSITIVE_INFINITY) return;
    await retryAfter(receiptHandle, seconds).catch((thrown: unknown) => {
      observer.retryUnset({ error: asDresscutError(thrown) });
    });
  }

  async function comeAgain(message: Message): Promise<void> {
    // What has failed for the last time goes to the dead letters at once, where somebody is told.
    await stayAway(message, message.receives >= maxReceives ? 0 : secondsToRetry(message.receives));
  }

  return async (event, remaining) => {
    const messages = messagesOf(event);
    const failed: Message[] = [];
    const errors: Error[] = [];
    const whole = remaining();
    // Half of the invocation is enough for any: one slow photo must not keep all later ones from being tried.
    const needed = () => Math.min(slowest === 0 ? FIRST_GUESS : slowest * 2, whole / 2) + MARGIN;
    // Whoever is killed says nothing: until then its messages stay away for as long as it can live, and no longer.
    const claims = Promise.all(messages.map((message) => stayAway(message, Math.ceil(whole / 1000) + AFTER_DEATH)));
    for (const [index, message] of messages.entries()) {
      const wrong = await takeAll(message, () => remaining() >= needed());
      if (wrong === null) {
        const rest = messages.slice(index);
        observer.returned({ messages: rest.length, remainingMilliseconds: remaining() });
        failed.push(...rest);
        errors.push(new Error('the time of this invocation is used up'));
        break;
      }
      if (wrong.length === 0) continue;
      failed.push(message);
      errors.push(...wrong);
    }
    await claims;
    await Promise.all(failed.map(comeAgain));
    return answer(failed, errors);
  };
}

function answer(failed: readonly Message[], errors: readonly Error[]): SQSBatchResponse {
  if (failed.some(({ id }) => id === null)) {
    throw new AggregateError(errors, errors.map(({ message }) => message).join('; '));
  }
  return { batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id ?? '' })) };
}
