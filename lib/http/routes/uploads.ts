import { DresscutError } from '../../errors';
import { parseOptions } from '../../options';
import type { Tickets, UploadStatus } from '../../uploads/tickets';
import { type Reading, readBody } from '../request/body';
import { type Entries, mediaOf, merge, queryEntries, textEntries } from '../request/fields';
import { parseJson } from '../request/json';
import { parseMultipart } from '../request/multipart';
import { parseUrlEncoded } from '../request/url-encoded';

/** Options as text are a few hundred bytes; a photo does not belong here. */
const MAX_BODY_BYTES = 64 * 1024;

/** How soon to ask again: a cut-out takes a second or two, a person with a phone takes longer. */
const SECONDS_TO_WAIT = { 'waiting-for-upload': 5, processing: 2 } as const;

/**
 * `POST /v1/uploads`: options in (query, form or JSON), a form to upload the photo with out.
 * @throws DresscutError `invalid-option`, `malformed-body`, `too-large`, `unsupported-format`, `uploads-off`
 */
export async function answerUpload(request: Request, tickets: Tickets | null, reading: Reading): Promise<Response> {
  const { create } = present(tickets);
  const options = parseOptions(merge(queryEntries(request), await readOptions(request, reading)));
  const ticket = await create(options);
  const poll = `/v1/cutouts/${ticket.id}`;
  return Response.json({ ...ticket, poll }, { status: 201, headers: { location: poll } });
}

/**
 * `GET /v1/cutouts/{id}`: 202 while there is nothing yet, then 200 with findings and links.
 * @throws DresscutError `not-found`, `upload-expired`, `uploads-off`, and the problem that stopped the upload
 */
export async function answerStatus(id: string, tickets: Tickets | null): Promise<Response> {
  const status = await present(tickets).status(id);
  if (status.state === 'done') return Response.json(lasting(status));
  const headers = { 'retry-after': String(SECONDS_TO_WAIT[status.state]) };
  return Response.json(status, { status: 202, headers });
}

/** Milliseconds are for `Server-Timing`, and these are of another call. */
function lasting({ id, state, findings, ...links }: Extract<UploadStatus, { state: 'done' }>) {
  const { milliseconds: _, ...lasting } = findings;
  return { id, state, findings: lasting, ...links };
}

function present(tickets: Tickets | null): Tickets {
  if (tickets !== null) return tickets;
  throw new DresscutError('uploads-off', 'This service has no buckets to upload to; POST the photo to /v1/cutouts.');
}

async function readOptions(request: Request, reading: Reading): Promise<Entries> {
  const body = await readBody(request, MAX_BODY_BYTES, 'list of options', reading);
  if (body.length === 0) return [];
  const type = request.headers.get('content-type') ?? '';
  const media = mediaOf(type);
  if (media === 'application/json') return Object.entries((await parseJson(body, null, '{"crop": true}')).members);
  if (media === 'multipart/form-data') return textEntries(await parseMultipart(body, type));
  if (media === 'application/x-www-form-urlencoded') return textEntries(await parseUrlEncoded(body, []));
  const message = 'Options come in the query, as a form or as JSON; the photo goes to the address in the answer.';
  throw new DresscutError('unsupported-format', message);
}
