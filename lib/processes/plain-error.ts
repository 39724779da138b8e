import { asDresscutError, type Code, DresscutError, type Facts } from '../errors';

/** An error as JSON can hold it. */
export interface PlainError {
  readonly code: Code;
  readonly message: string;
  readonly facts: Facts;
  /** Of the stranger that caused it, for the log; `null` where there is none. */
  readonly cause: { readonly message: string; readonly stack: string | null } | null;
}

/** Anything thrown, for another process. */
export function toPlain(thrown: unknown): PlainError {
  const { code, message, facts, cause } = asDresscutError(thrown);
  if (!(cause instanceof Error)) return { code, message, facts, cause: null };
  return { code, message, facts, cause: { message: cause.message, stack: cause.stack ?? null } };
}

/** The error that another process threw. */
export function fromPlain({ code, message, facts, cause: told }: PlainError): DresscutError {
  if (told === null) return new DresscutError(code, message, { facts });
  const cause = new Error(told.message);
  if (told.stack !== null) cause.stack = told.stack;
  return new DresscutError(code, message, { facts, cause });
}
