import type { MiddlewareHandler } from 'hono';
import { asDresscutError, DresscutError } from '../../errors';

/** Everything thrown as a `DresscutError`: Hono's `onError` meets instances of Error alone, and WASM throws numbers. */
export const asErrors: MiddlewareHandler = async (_, next) => {
  try {
    await next();
  } catch (thrown) {
    throw asDresscutError(thrown);
  }
};

/** An upload goes past what limits calls and answers: a refusal for size says so. */
export function offerUpload(error: DresscutError): DresscutError {
  const { code, message, facts, cause } = error;
  if (code !== 'too-large') return error;
  const upload = '/v1/uploads';
  return new DresscutError(code, `${message} POST ${upload} carries more.`, { facts: { ...facts, upload }, cause });
}

/** An error for the log, down to the stranger that caused it. */
export function logEntry({ code, message, cause, stack }: DresscutError): Record<string, unknown> {
  return { code, message, stack: cause instanceof Error ? cause.stack : stack };
}
