import type { CutOut, CutOutResult } from '../../cut-out';
import { DresscutError } from '../../errors';
import type { Find } from '../../find';
import { type Findings, noDress } from '../../findings';
import { type CutOutOptions, parseOptions, requireBackground } from '../../options';
import { trace } from '../../pipeline/trace';
import type { Segmenter } from '../../ports';
import type { Matte } from '../../raster';
import { chosenMatte } from '../../render';
import { base64Length, checkAnswer } from '../answer-size';
import { checkNoneMatch, etagOf } from '../etag';
import { findingsHeaders } from '../findings-headers';
import type { Limits } from '../limits';
import type { Hold } from '../middleware/limit-requests';
import type { Reading } from '../request/body';
import { acceptable, type MediaType, notAcceptable } from '../request/negotiate';
import { type Call, readCall } from '../request/read';

export interface CutoutsDependencies {
  readonly find: Find;
  readonly cutOut: CutOut;
  readonly segmenter: Segmenter;
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

/** What to make of a photo. */
interface Choice {
  /** Of the answer. */
  readonly mediaType: MediaType;
  readonly options: CutOutOptions;
}

interface Answer {
  readonly findings: Findings;
  readonly body: Uint8Array<ArrayBuffer> | string;
  /** Of the body as it travels: counted as base64 where it is binary or holds base64, 0 where it is always small. */
  readonly bytes: number;
}

/** An outline is of the whole photo at its own size: only what finds the shape matters to it. */
const SVG_OPTIONS = ['mode', 'expect', 'presence', 'which', 'strokes'];

/**
 * `POST /v1/cutouts`: one photo in, one answer out, in the type that the caller accepts.
 * @throws DresscutError with any code below 500, `busy`, `model-unavailable`, `internal`
 */
export async function answerCutout(
  request: Request,
  dependencies: CutoutsDependencies,
  call: CallContext,
): Promise<Response> {
  const { segmenter, limits, version } = dependencies;
  // Before the body is read: no photo makes an impossible answer possible.
  const accepted = acceptable(request.headers.get('accept') ?? undefined);
  const { photo, record } = await readCall(request, limits.maxBytes, call);
  const choice = choose(record, accepted);
  const { sha256 } = await segmenter.load();
  const etag = etagOf({ photo, ...choice, model: sha256, version });
  checkNoneMatch(request, etag);
  const { findings, body, bytes } = await call.inTurn(() => answerOf(photo, choice, dependencies));
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
function choose(record: Call['record'], accepted: readonly MediaType[]): Choice {
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

async function answerOf(
  photo: Uint8Array,
  { mediaType, options }: Choice,
  { find, cutOut }: CutoutsDependencies,
): Promise<Answer> {
  if (mediaType !== 'image/svg+xml') return bodyOf(await cutOut(photo, options), mediaType, options);
  const found = await find(photo, options);
  if (found.matte === null) throw noDress(found.findings, options.expect);
  return { findings: found.findings, body: svgOf(chosenMatte(found, options.which)), bytes: 0 };
}

function bodyOf({ findings, image }: CutOutResult, mediaType: MediaType, options: CutOutOptions): Answer {
  if (image === null) throw noDress(findings, options.expect);
  const bytes = base64Length(image.bytes.length);
  if (mediaType !== 'application/json') return { findings, body: image.bytes, bytes };
  // Times differ from call to call and would make the entity tag a lie; they are in Server-Timing.
  const { milliseconds: _, ...lasting } = findings;
  const { contentType, width, height } = image;
  const picture = { contentType, width, height, base64: Buffer.from(image.bytes).toString('base64') };
  return { findings, body: JSON.stringify({ findings: lasting, image: picture }), bytes };
}

function svgOf(matte: Matte): string {
  const { width, height } = matte;
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}><path fill-rule="evenodd" d="${trace(matte)}"/></svg>\n`;
}
