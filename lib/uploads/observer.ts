import type { Findings } from '../findings';
import type { Message } from './messages';
import type { S3ObjectRef } from './object-ref';
import type { Outcome } from './process-upload';

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
  /** A photo was deleted, and its dress has left the catalogue. */
  readonly forgotten: (entry: { readonly upload: S3ObjectRef; readonly trace: Message['trace'] }) => void;
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
  /** A message, or a part of one, that could not be understood; it comes again until the queue gives it up. */
  readonly unrecognised: (entry: {
    readonly why: string;
    readonly receives: number;
    readonly last: boolean;
    readonly trace: Message['trace'];
  }) => void;
  /** The queue could not be told when a message is to come again: it comes after the queue's own time. */
  readonly retryUnset: (entry: { readonly error: Error }) => void;
}
