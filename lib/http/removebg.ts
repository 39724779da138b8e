import { type Zippable, zipSync } from 'fflate';
import type { Find, FindOptions, Found } from '../find';
import { type Findings, noDress } from '../findings';
import type { CutOutOptions } from '../options';
import { type Dress, drawAlpha, drawApart, drawPicture } from '../pipeline/canvas';
import type { Encoded } from '../pipeline/encode';
import type { Box } from '../raster';
import { base64Length, checkAnswer } from './answer-size';
import type { CutoutsParts } from './cutouts';
import { etagOf, matches } from './etag';
import { findingsHeaders } from './headers';
import { present, readRemovebg } from './removebg-call';
import { boxWithin, place, regionOf } from './removebg-geometry';
import { MEGAPIXELS, parseRemovebg, type RemovebgOptions } from './removebg-options';
import type { InTurn } from './turns';

export interface RemovebgParts extends CutoutsParts {
  readonly find: Find;
}

/** remove.bg's own: PNG takes too long above it. */
const MAX_PNG_MEGAPIXELS = 10;

/** Who calls this route wants a cut-out, not a verdict. */
const DRESS: FindOptions = { mode: 'default', expect: 'dress' };

/**
 * `POST /v1.0/removebg`, for clients of remove.bg's API. What is cut out is the dress.
 * @throws DresscutError with any code below 500, `busy`, `model-unavailable`, `internal`
 */
export async function answerRemovebg(request: Request, parts: RemovebgParts, inTurn: InTurn): Promise<Response> {
  const call = await readRemovebg(request, parts.limits.maxBytes);
  const options = parseRemovebg(call.record);
  const photo = present(call.photo);
  const json = wantsJson(request.headers.get('accept') ?? '');
  const { sha256 } = await parts.segmenter.load();
  const mediaType = json ? 'application/json' : `removebg/${options.format}`;
  const etag = etagOf({ photo, options, mediaType, model: sha256, version: parts.version });
  if (matches(request.headers.get('if-none-match') ?? undefined, etag)) {
    return new Response(null, { status: 304, headers: { etag } });
  }
  const { findings, box, file, milliseconds } = await inTurn(async () => {
    const located = locate(await parts.find(photo, DRESS), options);
    const start = performance.now();
    const file = await drawAs(options, located);
    return { ...located, file, milliseconds: performance.now() - start };
  });
  checkAnswer(base64Length(file.bytes.length), parts.limits.maxAnswerBytes);
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
  const box = matte !== null && roi !== undefined ? boxWithin(matte, regionOf(matte, roi)) : findings.box;
  if (matte !== null && box !== null) return { findings, dress: { photo, matte }, box };
  const where = matte !== null ? 'inside the roi' : 'in the photo';
  const message = `Could not find a dress ${where}. This service cuts dresses out, no other foreground.`;
  throw noDress(findings, 'dress', message);
}

/** A picture, or the two of a ZIP. */
interface File extends Omit<Encoded, 'bytes' | 'contentType'> {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: Encoded['contentType'] | 'application/zip';
}

async function drawAs(options: RemovebgOptions, { findings, dress, box }: Located): Promise<File> {
  const { channels, bg_color: background = null } = options;
  const format = formatOf(options);
  const most = Math.min(MEGAPIXELS[options.size], format === 'png' ? MAX_PNG_MEGAPIXELS : Number.POSITIVE_INFINITY);
  const layout = place(findings.photo, box, options, most * 1e6);
  if (format === 'zip') {
    const { colour, alpha } = await drawApart(dress, layout);
    const { width, height } = alpha;
    const bytes = zip({ 'color.jpg': colour.bytes, 'alpha.png': alpha.bytes });
    return { bytes, contentType: 'application/zip', width, height };
  }
  return channels === 'alpha' ? drawAlpha(dress, layout, format) : drawPicture(dress, layout, { format, background });
}

/** `auto` is JPG where nothing shines through. A mask is data, which JPG would blur. */
function formatOf({ format, channels, bg_color }: RemovebgOptions): CutOutOptions['format'] | 'zip' {
  if (format === 'jpg') return 'jpeg';
  if (format !== 'auto') return format;
  return channels === 'rgba' && bg_color?.alpha === 255 ? 'jpeg' : 'png';
}

/** Stored: both files are compressed. The same files give the same bytes, whatever the clock says. */
function zip(files: Readonly<Record<string, Uint8Array>>): Uint8Array<ArrayBuffer> {
  // The first moment that the format knows, in local time, which is how it keeps times.
  const stored = { level: 0, mtime: new Date(1980, 0, 1) } as const;
  const entries = Object.entries(files).map(([name, bytes]) => [name, [bytes, stored]]);
  return zipSync(Object.fromEntries(entries) as Zippable);
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
