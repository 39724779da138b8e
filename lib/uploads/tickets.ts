import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { DresscutError } from '../errors';
import type { CutOutOptions } from '../options';
import type { Head, PhotoStore, Presigner } from '../ports';
import { readJson } from './json-object';
import { UPLOADS_PREFIX } from './keys';
import { type Receipt, type ReceiptOutput, readReceipt } from './receipt';
import { ticketFields } from './ticket-fields';

/** Permission to upload one photo: a form that the store takes, for a while. */
export interface Ticket {
  /** 144 random bits as base64url: who does not know it cannot guess it. */
  readonly id: string;
  readonly upload: {
    readonly url: string;
    /** Go into the form as they are, the photo last, as `file`. */
    readonly fields: Readonly<Record<string, string>>;
    readonly method: 'POST';
    /** ISO 8601, UTC. */
    readonly expires: string;
    readonly maxBytes: number;
  };
}

/** A file that can be fetched without credentials until the status's `expires`. */
export interface Link extends Omit<ReceiptOutput, 'kind' | 'key'> {
  readonly url: string;
}

/** How far one upload has come. */
export type UploadStatus =
  | { readonly id: string; readonly state: 'waiting-for-upload'; readonly expires: string }
  | { readonly id: string; readonly state: 'processing' }
  | {
      readonly id: string;
      readonly state: 'done';
      readonly findings: NonNullable<Receipt['findings']>;
      readonly cutout: Link;
      readonly mask: Link | null;
      /** Of the links; ISO 8601, UTC. */
      readonly expires: string;
    };

/** Uploads that go past this service straight into the store, and what became of each. */
export interface Tickets {
  create(options: CutOutOptions): Promise<Ticket>;
  /** @throws DresscutError `not-found`, `upload-expired`, and the problem that stopped the upload */
  status(id: string): Promise<UploadStatus>;
}

export interface TicketsDependencies {
  readonly store: PhotoStore & Presigner;
  readonly buckets: { readonly uploads: string; readonly cutouts: string };
  /** Of a photo, in bytes. */
  readonly maxBytes: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** For the upload to start; long enough for a phone that loses its network in a lift. */
const SECONDS_TO_UPLOAD = 15 * 60;
/** For an upload that started in time to end: 25 MB at 0.4 Mbit/s take 500 s. */
const SECONDS_TO_ARRIVE = 10 * 60;
const SECONDS_TO_FETCH = 15 * 60;
/** What has lain here longer ended in the dead-letter queue: its caller should not wait for ever. */
const SECONDS_TO_CUT = 24 * 60 * 60;

const ID = /^[\w-]{24}$/;

/** What is kept of a ticket. The first ones named no schema. */
const ticketSchema = z.object({ schema: z.literal(1).default(1), expires: z.iso.datetime() });
type StoredTicket = z.infer<typeof ticketSchema>;

/** Tickets without a database: tickets, uploads and receipts in the two buckets are all the state there is. */
export function createTickets({ store, buckets, maxBytes, now = Date.now }: TicketsDependencies): Tickets {
  const at = (milliseconds: number) => new Date(milliseconds).toISOString();
  const ticketAt = (id: string) => ({ bucket: buckets.cutouts, key: `tickets/${id}.json` });
  const uploadAt = (id: string) => ({ bucket: buckets.uploads, key: `${UPLOADS_PREFIX}api/${id}` });

  async function finished(id: string, { findings, outputs, problem }: Receipt): Promise<UploadStatus> {
    if (problem !== null) throw new DresscutError(problem.code, problem.detail, { facts: problem.facts });
    const expires = at(now() + SECONDS_TO_FETCH * 1000);
    const link = async (kind: ReceiptOutput['kind'], name: string): Promise<Link | null> => {
      const output = outputs.find((each) => each.kind === kind);
      if (output === undefined) return null;
      const { key, contentType, width, height, bytes } = output;
      const filename = `${name}.${contentType.slice('image/'.length).replace('jpeg', 'jpg')}`;
      const url = await store.get({ bucket: buckets.cutouts, key }, { seconds: SECONDS_TO_FETCH, filename });
      return { url, contentType, width, height, bytes };
    };
    const [cutout, mask] = await Promise.all([link('cutout', 'dress'), link('mask', 'dress-mask')]);
    if (findings !== null && cutout !== null) return { id, state: 'done', findings, cutout, mask, expires };
    throw new DresscutError('internal', `the receipt of ${id} names neither a cut-out nor a problem`);
  }

  function unfinished(id: string, { expires }: StoredTicket, upload: Head | null): UploadStatus {
    if (upload !== null) {
      if (now() <= upload.modified.getTime() + SECONDS_TO_CUT * 1000) return { id, state: 'processing' };
      const since = upload.modified.toISOString();
      throw new DresscutError('internal', `the upload ${id} has waited for its cut-out since ${since}`);
    }
    if (now() <= Date.parse(expires) + SECONDS_TO_ARRIVE * 1000) return { id, state: 'waiting-for-upload', expires };
    const message = `No photo was uploaded with this ticket before it expired at ${expires}; take a new one.`;
    throw new DresscutError('upload-expired', message, { facts: { expires } });
  }

  return {
    async create(options) {
      const id = randomBytes(18).toString('base64url');
      const start = now();
      const expires = at(start + SECONDS_TO_UPLOAD * 1000);
      const ticket = new TextEncoder().encode(JSON.stringify({ schema: 1, options, created: at(start), expires }));
      const [form] = await Promise.all([
        store.post(uploadAt(id), { maxBytes, seconds: SECONDS_TO_UPLOAD, fields: ticketFields(options) }),
        store.write(ticketAt(id), ticket, { contentType: 'application/json' }),
      ]);
      return { id, upload: { ...form, method: 'POST', expires, maxBytes } };
    },

    async status(id) {
      const ticket = ID.test(id) ? await readJson(store, ticketAt(id), ticketSchema) : null;
      if (ticket === null || ticket === 'unreadable') throw new DresscutError('not-found', 'No upload has this id.');
      const reading = readReceipt(store, buckets.cutouts, uploadAt(id).key);
      const [receipt, upload] = await Promise.all([reading, store.head(uploadAt(id))]);
      if (receipt === null || receipt === 'unreadable') return unfinished(id, ticket, upload);
      // A ticket can be used again until it expires: a receipt for an earlier photo is not the answer to the later.
      const current = upload === null || receipt.source.etag === upload.etag;
      return current ? finished(id, receipt) : unfinished(id, ticket, upload);
    },
  };
}
