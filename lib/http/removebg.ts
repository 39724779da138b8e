import { type Zippable, zipSync } from 'fflate';
import type { CutOutResult } from '../cut-out';
import { DresscutError } from '../errors';
import type { Findings } from '../findings';
import { type CutOutOptions, DEFAULTS } from '../options';
import type { Box } from '../raster';
import { base64Length, checkAnswer } from './answer-size';
import type { CutoutsParts } from './cutouts';
import { etagOf, matches } from './etag';
import { findingsHeaders } from './headers';
import { present, readRemovebg } from './removebg-call';
import { boxWithin, type Placement, place, regionOf } from './removebg-geometry';
import { MEGAPIXELS, parseRemovebg, type RemovebgOptions, type Rgba } from './removebg-options';
import type { InTurn } from './turns';

type Picture = NonNullable<CutOutResult['image']>;

/** Draws a cut-out (PNG) on a canvas; a placement's `source` is in pixels of that PNG. */
export interface Canvas {
  picture(
    dress: Uint8Array,
    placement: Placement,
    look: { readonly format: CutOutOptions['format']; readonly background: Rgba | null },
  ): Promise<Picture>;
  alpha(dress: Uint8Array, placement: Placement, format: CutOutOptions['format']): Promise<Picture>;
  apart(dress: Uint8Array, placement: Placement): Promise<{ colour: Picture; alpha: Picture }>;
}

export interface RemovebgParts extends CutoutsParts {
  readonly canvas: Canvas;
}

/** remove.bg's own: PNG takes too long above it. */
const MAX_PNG_MEGAPIXELS = 10;

/** The dress alone, whole and exact; who calls this route wants a cut-out, not a verdict. */
const DRESS: CutOutOptions = { ...DEFAULTS, crop: true, margin: 0, expect: 'dress' };

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
  const { findings, dress, file, milliseconds } = await inTurn(async () => {
    const found = locate(await parts.cutOut(photo, DRESS), options);
    const start = performance.now();
    const file = await drawAs(options, found, parts.canvas);
    return { ...found, file, milliseconds: performance.now() - start };
  });
  checkAnswer(base64Length(file.bytes.length), parts.limits.maxAnswerBytes);
  const known = findingsHeaders(findings);
  const timing = `${known['server-timing']}, draw;dur=${milliseconds.toFixed(2)}`;
  const headers = { etag, ...known, 'server-timing': timing, ...resultHeaders(file, dress, options) };
  if (!json) return new Response(file.bytes, { headers: { 'content-type': file.contentType, ...headers } });
  const data = {
    result_b64: Buffer.from(file.bytes).toString('base64'),
    foreground_top: dress.top,
    foreground_left: dress.left,
    foreground_width: dress.width,
    foreground_height: dress.height,
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

interface Found {
  readonly findings: Findings;
  /** The dress as PNG, cropped to its box in the photo. */
  readonly png: Uint8Array;
  /** What of the dress lies inside the region of interest, in pixels of the photo. */
  readonly dress: Box;
}

function locate({ findings, image, matte }: CutOutResult, { roi }: RemovebgOptions): Found {
  const inside = matte !== null && roi !== undefined ? boxWithin(matte, regionOf(matte, roi)) : findings.box;
  if (image !== null && inside !== null) return { findings, png: image.bytes, dress: inside };
  const where = image !== null ? 'inside the roi' : 'in the photo';
  const message = `Could not find a dress ${where}. This service cuts dresses out, no other foreground.`;
  const { verdict, presence, confidence } = findings;
  throw new DresscutError('no-dress', message, { facts: { verdict, presence, confidence } });
}

interface File {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
}

async function drawAs(options: RemovebgOptions, { findings, png, dress }: Found, canvas: Canvas): Promise<File> {
  const { channels, bg_color: background = null } = options;
  const format = formatOf(options);
  const most = Math.min(MEGAPIXELS[options.size], format === 'png' ? MAX_PNG_MEGAPIXELS : Number.POSITIVE_INFINITY);
  const placed = place(findings.photo, dress, options, most * 1e6);
  const { left = 0, top = 0 } = findings.box ?? {};
  const placement = { ...placed, source: { ...dress, left: dress.left - left, top: dress.top - top } };
  if (format === 'zip') {
    const { colour, alpha } = await canvas.apart(png, placement);
    const { width, height } = alpha;
    return {
      bytes: zip({ 'color.jpg': colour.bytes, 'alpha.png': alpha.bytes }),
      contentType: 'application/zip',
      width,
      height,
    };
  }
  const picture =
    channels === 'alpha'
      ? await canvas.alpha(png, placement, format)
      : await canvas.picture(png, placement, { format, background });
  return { ...picture, bytes: picture.bytes as Uint8Array<ArrayBuffer> };
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
