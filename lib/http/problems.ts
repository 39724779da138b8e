import type { Code, DresscutError, Facts } from '../errors';

/** What a code means to the person who meets it: a title, and what to do about it. */
export const MEANING: Readonly<Record<Code, readonly [title: string, advice: string]>> = {
  'invalid-option': ['An option is wrong', 'Correct the option that the detail names.'],
  'no-photo': [
    'There is no photo',
    'Send the photo as the body, as multipart field "photo" or as JSON {"photo": base64}.',
  ],
  'malformed-body': ['The body cannot be read', 'Send the body as its Content-Type says, and to its end.'],
  'key-missing': ['An API key is needed', 'Send your key in the header X-Api-Key.'],
  'key-wrong': ['The API key is not known', 'Check the key in the header X-Api-Key.'],
  'key-read-only': ['The API key may only read', 'Use a key that may change catalogues.'],
  'not-found': ['There is nothing here', 'See /v1/openapi.json for what there is.'],
  'catalogues-off': ['This service keeps no catalogues', 'Start it with DRESSCUT_CATALOGUE, or ask who runs it.'],
  'catalogue-version': [
    'Embeddings of two versions',
    'Put the dresses into a new catalogue with the network that answers now, or delete the old catalogue first.',
  ],
  'uploads-off': ['This service takes no uploads', 'Send the photo to /v1/cutouts instead.'],
  'method-not-allowed': ['This method does not work here', 'Use one of the methods in the header Allow.'],
  'not-acceptable': ['No acceptable answer', 'Accept one of the types that the detail names, or leave Accept out.'],
  'upload-expired': ['The ticket has expired', 'Ask for a new one at /v1/uploads and upload the photo at once.'],
  unchanged: ['The answer has not changed', 'Keep the answer that you have: If-None-Match names it.'],
  'too-large': ['Too many bytes', 'Send a smaller file, or ask for a smaller result with size or crop.'],
  'too-many-pixels': ['Too many pixels', 'Reduce the photo before sending it.'],
  'too-small': ['Too few pixels', 'Send the photo at a larger size.'],
  'unsupported-format': [
    'Not an image that we read',
    'Send JPEG, PNG, WebP, AVIF, GIF, TIFF or HEIC, not compressed again.',
  ],
  'undecodable-image': ['The image is damaged', 'Send the whole, undamaged file.'],
  'too-complex': ['The image takes too much to decode', 'Save it as JPEG, or reduce it, and send that.'],
  'no-dress': ['No dress in the photo', 'Take the photo again, or say expect=dress when one is certainly worn.'],
  'model-unavailable': ['The network is not available', 'Try again shortly.'],
  'catalogue-unavailable': ['The catalogue is not available', 'Try again shortly.'],
  busy: ['Too many photos at once', 'Try again after the seconds in the header Retry-After.'],
  'out-of-time': ['It took too long', 'Try again, or send a smaller photo.'],
  internal: ['A fault of ours', 'Try again; if it stays, report the requestId.'],
};

/** For `Retry-After`: a few photos are cut in that time. */
export const SECONDS_TO_WAIT = 5;

/** RFC 9457, with what a program needs to decide what to do next. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: Code;
  /** Whether the same call can succeed later. */
  readonly retryable: boolean;
  readonly requestId: string;
  /** What was found and which limit it broke. */
  readonly facts: Facts;
}

/**
 * An error as the caller may see it. From status 500 its message is ours alone: the advice stands in its place.
 * @param url of the request; `type` is an address on the same service
 */
export function problemOf(error: DresscutError, url: string, requestId: string): Problem {
  const { code, status, message, facts } = error;
  const [title, advice] = MEANING[code];
  const type = new URL(`/v1/problems#${code}`, url).href;
  const detail = status < 500 ? message : advice;
  return { type, title, status, detail, code, retryable: status >= 500, requestId, facts };
}

/** @param headers what else belongs to this answer, such as `Allow` */
export function problemResponse(problem: Problem, headers: Readonly<Record<string, string>>): Response {
  const own: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (problem.status === 401) own['www-authenticate'] = 'ApiKey header="X-Api-Key"';
  if (typeof problem.facts.etag === 'string') own.etag = problem.facts.etag;
  if (problem.status === 503) own['retry-after'] = String(SECONDS_TO_WAIT);
  return new Response(JSON.stringify(problem), { status: problem.status, headers: { ...own, ...headers } });
}
