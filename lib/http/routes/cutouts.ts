import { DresscutError } from '../../errors';
import { type CutOutOptions, parseOptions, requireBackground } from '../../options';
import { checkAnswer } from '../answer-size';
import { checkNoneMatch, etagOf } from '../etag';
import { findingsHeaders } from '../findings-headers';
import type { CutoutChoice } from '../jobs/cutout';
import type { Jobs } from '../jobs/jobs';
import type { Limits } from '../limits';
import type { Hold } from '../middleware/limit-requests';
import type { Reading } from '../request/body';
import { acceptable, type MediaType, notAcceptable } from '../request/negotiate';
import { type Call, readCall } from '../request/read';

export interface CutoutsDependencies {
  readonly jobs: Jobs;
  readonly limits: Limits;
  /** Of this program, for entity tags. */
  readonly version: string;
}

/** What one call brings along. */
export interface CallContext extends Reading {
  readonly hold: Hold;
  /** Does work when its turn comes. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** An outline is of the whole photo at its own size: of all options it takes those that find and describe. */
const SVG_OPTIONS = ['mode', 'expect', 'presence', 'which', 'strokes', 'describe'];

/**
 * `POST /v1/cutouts`: one photo in, one answer out, in the type that the caller accepts.
 * @throws DresscutError with any code below 500, `busy`, `model-unavailable`, `internal`
 */
export async function answerCutout(
  request: Request,
  { jobs, limits, version }: CutoutsDependencies,
  call: CallContext,
): Promise<Response> {
  // Before the body is read: no photo makes an impossible answer possible.
  const accepted = acceptable(request.headers.get('accept') ?? undefined);
  const { photo, record } = await readCall(request, limits.maxBytes, call);
  const choice = choose(record, accepted);
  const { sha256 } = await jobs.load();
  const etag = etagOf({ photo, ...choice, model: sha256, version });
  checkNoneMatch(request, etag);
  const { findings, body, bytes } = await call.inTurn(() => jobs.cutout(photo, choice, call.signal));
  checkAnswer(bytes, limits.maxAnswerBytes);
  call.hold.keep(body.length);
  return new Response(body, { headers: { 'content-type': choice.mediaType, etag, ...findingsHeaders(findings) } });
}

/**
 * `Accept` names the type of the answer, the option `format` that of the picture. Where the option is left out, the
 * type decides; a cut-out without a background has no JPEG, so who takes anything else as well gets that.
 *
 * @param accepted types, the best first, at least one
 * @throws DresscutError `invalid-option`, `not-acceptable`
 */
function choose(record: Call['record'], accepted: readonly MediaType[]): CutoutChoice {
  const options = parseOptions(record);
  if (record.format !== undefined) {
    const possible: readonly MediaType[] = [`image/${options.format}`, 'application/json'];
    const mediaType = accepted.find((type) => possible.includes(type));
    if (mediaType !== undefined) return { mediaType, options };
    throw notAcceptable(possible, `The option format=${options.format} allows`);
  }
  const clear = options.output === 'cutout' && options.background === null;
  const mediaType = accepted.find((type) => !clear || type !== 'image/jpeg') ?? 'image/jpeg';
  if (mediaType === 'application/json') return { mediaType, options };
  if (mediaType === 'image/svg+xml') return { mediaType, options: outlineOptions(record, options) };
  const format = mediaType.slice('image/'.length) as CutOutOptions['format'];
  return { mediaType, options: requireBackground({ ...options, format }) };
}

function outlineOptions(record: Call['record'], options: CutOutOptions): CutOutOptions {
  const option = Object.keys(record).find((name) => !SVG_OPTIONS.includes(name));
  if (option === undefined) return options;
  const message = `An SVG outlines the whole photo at its own size: it takes ${SVG_OPTIONS.join(', ')}, not ${option}.`;
  throw new DresscutError('invalid-option', message, { facts: { option, known: SVG_OPTIONS } });
}
