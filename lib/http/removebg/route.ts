import type { Find, FindOptions, Found } from '../../find';
import { type Findings, noDress } from '../../findings';
import { boundingBox } from '../../pipeline/box';
import type { Dress } from '../../pipeline/canvas';
import type { Segmenter } from '../../ports';
import type { Box } from '../../raster';
import { base64Length, checkAnswer } from '../answer-size';
import { checkNoneMatch, etagOf } from '../etag';
import { findingsHeaders } from '../findings-headers';
import type { Limits } from '../limits';
import type { CallContext } from '../routes/cutouts';
import { drawAs, type File } from './draw';
import { regionOf } from './geometry';
import { parseRemovebg, type RemovebgOptions } from './options';
import { present, readRemovebg } from './request';

export interface RemovebgDependencies {
  readonly find: Find;
  readonly segmenter: Segmenter;
  readonly limits: Limits;
  /** Of this program, for entity tags. */
  readonly version: string;
}

/** Who calls this route wants a cut-out, not a verdict. */
const DRESS: FindOptions = { mode: 'default', expect: 'dress' };

/**
 * `POST /v1.0/removebg`, for clients of remove.bg's API. What is cut out is the dress.
 * @throws DresscutError with any code below 500, `busy`, `model-unavailable`, `internal`
 */
export async function answerRemovebg(
  request: Request,
  { find, segmenter, limits, version }: RemovebgDependencies,
  call: CallContext,
): Promise<Response> {
  const { photo: given, record } = await readRemovebg(request, limits.maxBytes, call);
  const options = parseRemovebg(record);
  const photo = present(given);
  const json = wantsJson(request.headers.get('accept') ?? '');
  const { sha256 } = await segmenter.load();
  const mediaType = json ? 'application/json' : `removebg/${options.format}`;
  const etag = etagOf({ photo, options, mediaType, model: sha256, version });
  checkNoneMatch(request, etag);
  const { findings, box, file, milliseconds } = await call.inTurn(async () => {
    const located = locate(await find(photo, DRESS), options);
    const start = performance.now();
    const file = await drawAs(options, located.dress, located.box);
    return { ...located, file, milliseconds: performance.now() - start };
  });
  checkAnswer(base64Length(file.bytes.length), limits.maxAnswerBytes);
  call.hold.keep(file.bytes.length);
  const known = findingsHeaders(findings);
  const timing = `${known['server-timing']}, draw;dur=${milliseconds.toFixed(2)}`;
  const headers = { etag, ...known, 'server-timing': timing, ...resultHeaders(file, box, options) };
  if (!json) return new Response(file.bytes, { headers: { 'content-type': file.contentType, ...headers } });
  const data = {
    result_b64: Buffer.from(file.bytes).toString('base64'),
    foreground_top: box.top,
    foreground_left: box.left,
    foreground_width: box.width,
    foreground_height: box.height,
  };
  return Response.json({ data }, { headers });
}

/**
 * remove.bg answers JSON to those who accept nothing else. Its own example for axios, whose Accept names JSON first
 * and anything last, saves what comes as a picture.
 */
function wantsJson(accept: string): boolean {
  return /\bapplication\/json\b/i.test(accept) && !accept.includes('*/*');
}

interface Located {
  readonly findings: Findings;
  readonly dress: Dress;
  /** What of the dress lies inside the region of interest, in pixels of the photo. */
  readonly box: Box;
}

function locate({ photo, matte, findings }: Found, { roi }: RemovebgOptions): Located {
  const box =
    matte !== null && roi !== undefined
      ? boundingBox({ ...matte, data: matte.alpha }, 0, regionOf(matte, roi))
      : findings.box;
  if (matte !== null && box !== null) return { findings, dress: { photo, matte }, box };
  const where = matte !== null ? 'inside the roi' : 'in the photo';
  const message = `Could not find a dress ${where}. This service cuts dresses out, no other foreground.`;
  throw noDress(findings, 'dress', message);
}

function resultHeaders({ width, height }: File, dress: Box, { type_level }: RemovebgOptions): Record<string, string> {
  const headers: Record<string, string> = {
    'x-width': String(width),
    'x-height': String(height),
    'x-credits-charged': '0',
    'x-foreground-top': String(dress.top),
    'x-foreground-left': String(dress.left),
    'x-foreground-width': String(dress.width),
    'x-foreground-height': String(dress.height),
  };
  return type_level === 'none' ? headers : { 'x-type': 'product', ...headers };
}
