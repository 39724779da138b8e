/**
 * One error class, one table. A code below 500 is the caller's to mend: its message is shown and the call
 * is not retried. A code from 500 is ours: the message is logged, hidden, and the call may be retried.
 */
export const STATUS = {
  'invalid-option': 400,
  'no-photo': 400,
  'malformed-body': 400,
  'key-missing': 401,
  'key-wrong': 403,
  'key-read-only': 403,
  'not-found': 404,
  'catalogues-off': 404,
  'uploads-off': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  'catalogue-version': 409,
  'upload-expired': 410,
  unchanged: 412,
  'too-large': 413,
  'too-many-pixels': 413,
  'too-small': 422,
  'unsupported-format': 415,
  'undecodable-image': 422,
  'too-complex': 422,
  'no-dress': 422,
  'model-unavailable': 503,
  'catalogue-unavailable': 503,
  busy: 503,
  'out-of-time': 503,
  internal: 500,
} as const;

export type Code = keyof typeof STATUS;

/** Facts that belong to an error: what was found, which limit it broke. Never pixels, never paths. */
export type Facts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Every failure that leaves a public function of `lib`. */
export class DresscutError extends Error {
  readonly code: Code;
  readonly facts: Facts;

  constructor(code: Code, message: string, { facts = {}, cause }: { facts?: Facts; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DresscutError';
    this.code = code;
    this.facts = facts;
  }

  /** HTTP status for this code, 400 to 503. */
  get status(): number {
    return STATUS[this.code];
  }

  /** Whose fault: `true` when the same bytes can never succeed. */
  get final(): boolean {
    return this.status < 500;
  }
}

/** Any thrown thing as a `DresscutError`; strangers become `internal` with the stranger as `cause`. */
export function asDresscutError(thrown: unknown): DresscutError {
  if (thrown instanceof DresscutError) return thrown;
  return new DresscutError('internal', messageOf(thrown), { cause: thrown });
}

/** What a thrown thing says; libraries in WASM throw numbers. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/**
 * What an import of a package that only some need is caught with: where it is not installed, the error says how to.
 * @throws Error in any case
 */
export function notInstalled(name: string): (thrown: unknown) => never {
  return (cause) => {
    const { code } = cause as NodeJS.ErrnoException;
    const isMissing = code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
    if (!isMissing || !messageOf(cause).includes(`'${name}'`)) throw cause;
    throw new Error(`it needs the package ${name}, which is not installed: npm install ${name}`, { cause });
  };
}
