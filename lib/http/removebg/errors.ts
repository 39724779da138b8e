import type { Code } from '../../errors';
import { type Problem, SECONDS_TO_WAIT } from '../problems';

/** remove.bg's codes for what has one there. */
const CODES: Partial<Readonly<Record<Code, string>>> = {
  'no-photo': 'missing_source',
  'too-large': 'file_too_large',
  'too-many-pixels': 'file_too_large',
  'no-dress': 'unknown_foreground',
  'key-missing': 'auth_failed',
  'key-wrong': 'auth_failed',
  busy: 'rate_limit_exceeded',
  unchanged: 'unchanged',
};

/**
 * A problem as remove.bg's clients expect it: `{"errors": [{"title", "code"}]}` and its statuses, 403 for every
 * key that does not open, 429 for "not now", 400 for everything else that is the caller's to mend.
 *
 * @param headers what else belongs to this answer, such as `Allow`
 */
export function removebgErrors(problem: Problem, headers: Readonly<Record<string, string>>): Response {
  const { detail, code, facts } = problem;
  const status = statusOf(code, problem.status);
  const word = CODES[code] ?? (status < 500 ? 'invalid_parameter' : 'internal_error');
  const later: Record<string, string> = [429, 503].includes(status) ? { 'retry-after': String(SECONDS_TO_WAIT) } : {};
  const known: Record<string, string> = typeof facts.etag === 'string' ? { etag: facts.etag } : {};
  return Response.json(
    { errors: [{ title: detail, code: word }] },
    { status, headers: { ...later, ...known, ...headers } },
  );
}

function statusOf(code: Code, status: number): number {
  if (code === 'busy') return 429;
  if (status === 401 || status === 403) return 403;
  const own: readonly Code[] = ['method-not-allowed', 'not-found', 'unchanged'];
  return status < 500 && !own.includes(code) ? 400 : status;
}
