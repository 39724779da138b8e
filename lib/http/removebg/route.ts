import { base64Length, checkAnswer } from '../answer-size';
import { checkNoneMatch, etagOf } from '../etag';
import { findingsHeaders } from '../findings-headers';
import type { Jobs } from '../jobs/jobs';
import type { RemovebgAnswer } from '../jobs/removebg';
import type { Limits } from '../limits';
import type { CallContext } from '../routes/cutouts';
import { parseRemovebg, type RemovebgOptions } from './options';
import { present, readRemovebg } from './request';

export interface RemovebgDependencies {
  readonly jobs: Jobs;
  readonly limits: Limits;
  /** Of this program, for entity tags. */
  readonly version: string;
}

/**
 * `POST /v1.0/removebg`, for clients of remove.bg's API. What is cut out is the dress.
 * @throws DresscutError with any code below 500, `busy`, `model-unavailable`, `internal`
 */
export async function answerRemovebg(
  request: Request,
  { jobs, limits, version }: RemovebgDependencies,
  call: CallContext,
): Promise<Response> {
  const { photo: given, record } = await readRemovebg(request, limits.maxBytes, call);
  const options = parseRemovebg(record);
  const photo = present(given);
  const json = wantsJson(request.headers.get('accept') ?? '');
  const { sha256 } = await jobs.load();
  const mediaType = json ? 'application/json' : `removebg/${options.format}`;
  const etag = etagOf({ photo, options, mediaType, model: sha256, version });
  checkNoneMatch(request, etag);
  const answer = await call.inTurn(() => jobs.removebg(photo, { options, json }, call.signal));
  const { findings, body, milliseconds } = answer;
  checkAnswer(base64Length(answer.bytes), limits.maxAnswerBytes);
  call.hold.keep(body.length);
  const known = findingsHeaders(findings);
  const timing = `${known['server-timing']}, draw;dur=${milliseconds.toFixed(2)}`;
  const headers = { etag, ...known, 'server-timing': timing, ...resultHeaders(answer, options) };
  return new Response(body, {
    headers: { 'content-type': json ? 'application/json' : answer.contentType, ...headers },
  });
}

/**
 * remove.bg answers JSON to those who accept nothing else. Its own example for axios, whose Accept names JSON first
 * and anything last, saves what comes as a picture.
 */
function wantsJson(accept: string): boolean {
  return /\bapplication\/json\b/i.test(accept) && !accept.includes('*/*');
}

function resultHeaders(
  { width, height, box }: RemovebgAnswer,
  { type_level }: RemovebgOptions,
): Record<string, string> {
  const headers: Record<string, string> = {
    'x-width': String(width),
    'x-height': String(height),
    'x-credits-charged': '0',
    'x-foreground-top': String(box.top),
    'x-foreground-left': String(box.left),
    'x-foreground-width': String(box.width),
    'x-foreground-height': String(box.height),
  };
  return type_level === 'none' ? headers : { 'x-type': 'product', ...headers };
}
