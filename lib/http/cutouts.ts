import type { CutOut, CutOutResult } from '../cut-out';
import { DresscutError } from '../errors';
import type { Find } from '../find';
import { type Findings, noDress } from '../findings';
import { type CutOutOptions, parseOptions } from '../options';
import { trace } from '../pipeline/trace';
import type { Segmenter } from '../ports';
import type { Matte } from '../raster';
import { base64Length, checkAnswer } from './answer-size';
import { etagOf, matches } from './etag';
import { findingsHeaders } from './headers';
import { MEDIA_TYPES, type MediaType, negotiate, preferred } from './negotiate';
import { type Call, readCall } from './read-call';
import type { InTurn, TurnLimits } from './turns';

export interface Limits extends TurnLimits {
  /** Of a photo, in bytes. */
  readonly maxBytes: number;
  /** Of an answer counted as base64, in bytes; `null` where nothing between us and the caller limits it. */
  readonly maxAnswerBytes: number | null;
  /** From the first look at the request to the answer. */
  readonly maxSeconds: number;
}

export interface CutoutsParts {
  readonly find: Find;
  readonly cutOut: CutOut;
  readonly segmenter: Segmenter;
  readonly limits: Limits;
  /** Of this program, for entity tags. */
  readonly version: string;
}

interface Answer {
  readonly findings: Findings;
  readonly body: Uint8Array<ArrayBuffer> | string;
  /** Of the body as it travels: counted as base64 where it is binary or holds base64, 0 where it is always small. */
  readonly bytes: number;
}

/** An outline is of the whole photo at its own size: only what finds the shape matters to it. */
const SVG_OPTIONS = ['mode', 'expect'];

/**
 * `POST /v1/cutouts`: one photo in, one answer out, in the type that the caller accepts.
 * @throws DresscutError with any code below 500, `busy`, `model-unavailable`, `internal`
 */
export async function answerCutout(request: Request, parts: CutoutsParts, inTurn: InTurn): Promise<Response> {
  const accept = request.headers.get('accept') ?? undefined;
  // Before the body is read: no photo makes an impossible answer possible.
  negotiate(accept, MEDIA_TYPES);
  const call = await readCall(request, parts.limits.maxBytes);
  const { mediaType, options } = choose(call, accept);
  const { sha256 } = await parts.segmenter.load();
  const etag = etagOf({ photo: call.photo, options, mediaType, model: sha256, version: parts.version });
  if (matches(request.headers.get('if-none-match') ?? undefined, etag)) {
    return new Response(null, { status: 304, headers: { etag } });
  }
  const { findings, body, bytes } = await inTurn(() => answerOf(call.photo, mediaType, options, parts));
  checkAnswer(bytes, parts.limits.maxAnswerBytes);
  return new Response(body, { headers: { 'content-type': mediaType, etag, ...findingsHeaders(findings) } });
}

/** What to make of a call: `Accept` names the type of the answer, the option `format` that of the picture. */
function choose({ record }: Call, accept: string | undefined): { mediaType: MediaType; options: CutOutOptions } {
  if (record.format !== undefined) {
    const options = parseOptions(record);
    const wish = `The option format=${options.format}`;
    return { mediaType: negotiate(accept, [`image/${options.format}`, 'application/json'], wish), options };
  }
  const mediaType = negotiate(accept, offersFor(record, accept));
  if (mediaType === 'application/json') return { mediaType, options: parseOptions(record) };
  if (mediaType !== 'image/svg+xml') {
    return { mediaType, options: parseOptions({ ...record, format: mediaType.slice('image/'.length) }) };
  }
  const options = parseOptions(record);
  const option = Object.keys(record).find((name) => !SVG_OPTIONS.includes(name));
  if (option !== undefined) {
    const message = `An SVG outlines the whole photo at its own size: it takes ${SVG_OPTIONS.join(' and ')}, not ${option}.`;
    throw new DresscutError('invalid-option', message, { facts: { option, known: SVG_OPTIONS } });
  }
  return { mediaType, options };
}

/** A cut-out without a background has no JPEG: who would take anything else as well gets that. */
function offersFor(record: Call['record'], accept: string | undefined): readonly MediaType[] {
  const { output, background } = parseOptions({ ...record, format: 'png' });
  if (output !== 'cutout' || background !== null) return MEDIA_TYPES;
  const others = MEDIA_TYPES.filter((type) => type !== 'image/jpeg');
  return preferred(accept, others) === undefined ? MEDIA_TYPES : others;
}

async function answerOf(
  photo: Uint8Array,
  mediaType: MediaType,
  options: CutOutOptions,
  { find, cutOut }: CutoutsParts,
): Promise<Answer> {
  if (mediaType !== 'image/svg+xml') return bodyOf(await cutOut(photo, options), mediaType, options);
  const { matte, findings } = await find(photo, options);
  if (matte === null) throw noDress(findings, options.expect);
  return { findings, body: svgOf(matte, trace(matte)), bytes: 0 };
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

function svgOf({ width, height }: Matte, d: string): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}><path fill-rule="evenodd" d="${d}"/></svg>\n`;
}
