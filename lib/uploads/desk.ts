import { randomBytes } from 'node:crypto';
import { DresscutError } from '../errors';
import type { CutOutOptions } from '../options';
import type { Head, PhotoStore, Presigner } from '../ports';
import { outputKeys, type Receipt, type ReceiptOutput, UPLOADS_PREFIX } from '../receipt';

/** What a caller gets who wants to upload a photo: a form that the store takes, for a while. */
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

/** A file that can be fetched without credentials until the standing's `expires`. */
export interface Link extends Omit<ReceiptOutput, 'kind' | 'key'> {
  readonly url: string;
}

/** How it stands with one upload. */
export type Standing =
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

/** Takes orders for photos that are uploaded past us, and says what became of each. */
export interface Desk {
  open(options: CutOutOptions): Promise<Ticket>;
  /** @throws DresscutError `not-found`, `upload-expired`, and the problem that stopped the upload */
  look(id: string): Promise<Standing>;
}

export interface DeskParts {
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

/** A ticket and a receipt are a few kB; more than this was not written by us. */
const MAX_JSON_BYTES = 256 * 1024;

const ID = /^[\w-]{24}$/;

interface Filed {
  readonly options: CutOutOptions;
  readonly created: string;
  readonly expires: string;
}

/** The desk without a database: tickets, uploads and receipts in the two buckets are all the state there is. */
export function createDesk({ store, buckets, maxBytes, now = Date.now }: DeskParts): Desk {
  const at = (milliseconds: number) => new Date(milliseconds).toISOString();
  const ticketAt = (id: string) => ({ bucket: buckets.cutouts, key: `tickets/${id}.json` });
  const uploadAt = (id: string) => ({ bucket: buckets.uploads, key: `${UPLOADS_PREFIX}api/${id}` });
  const receiptAt = (id: string) => ({ bucket: buckets.cutouts, key: outputKeys(uploadAt(id).key, 'png').receipt });

  async function readJson<T>(place: { bucket: string; key: string }): Promise<T | null> {
    const bytes = await store.read(place, { maxBytes: MAX_JSON_BYTES });
    return bytes === null ? null : (JSON.parse(new TextDecoder().decode(bytes)) as T);
  }

  async function finished(id: string, { findings, outputs, problem }: Receipt): Promise<Standing> {
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

  function unfinished(id: string, { expires }: Filed, upload: Head | null): Standing {
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
    async open(options) {
      const id = randomBytes(18).toString('base64url');
      const start = now();
      const filed: Filed = { options, created: at(start), expires: at(start + SECONDS_TO_UPLOAD * 1000) };
      const ticket = new TextEncoder().encode(JSON.stringify(filed));
      const [form] = await Promise.all([
        store.post(uploadAt(id), { maxBytes, seconds: SECONDS_TO_UPLOAD, fields: fieldsOf(options) }),
        store.write(ticketAt(id), ticket, { contentType: 'application/json' }),
      ]);
      return { id, upload: { ...form, method: 'POST', expires: filed.expires, maxBytes } };
    },

    async look(id) {
      const ticket = ID.test(id) ? await readJson<Filed>(ticketAt(id)) : null;
      if (ticket === null) throw new DresscutError('not-found', 'No upload has this id.');
      const [receipt, upload] = await Promise.all([readJson<Receipt>(receiptAt(id)), store.head(uploadAt(id))]);
      // A ticket can be used again until it expires: a receipt for an earlier photo is not the answer to the later.
      const current = receipt !== null && (upload === null || receipt.source.etag === upload.etag);
      return current ? finished(id, receipt) : unfinished(id, ticket, upload);
    },
  };
}

/**
 * Always the same type, whatever the photo is: its bytes decide, and no browser shows an upload as a page. Every
 * option is spelt out, so that what was promised here holds whatever the defaults of other uploads are.
 */
function fieldsOf(options: CutOutOptions): Record<string, string> {
  const { background, size } = options;
  const texts = {
    ...options,
    background: background === null ? 'transparent' : [background.r, background.g, background.b].join(','),
    size: size ?? 'original',
    masks: true,
  };
  const metadata = Object.entries(texts).map(([name, text]) => [`x-amz-meta-dresscut-${name}`, String(text)]);
  return { 'Content-Type': 'application/octet-stream', ...Object.fromEntries(metadata) };
}
