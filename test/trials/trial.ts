import { post, type Sent } from './senders';
import type { Server } from './server';

/** Something that is done to the service. */
export interface Trial {
  readonly name: string;
  /** Makes what is sent, before anybody looks at the service. @returns does it; statuses, or what came instead */
  readonly make: () => Promise<(server: Server) => Promise<readonly string[]>>;
  /** What is an answer of ours to it. */
  readonly expected: RegExp;
}

/** The photo's route, raw. */
export const RAW = { path: '/v1/cutouts?expect=dress', type: 'image/jpeg' } as const;
/** Larger than this, no photo is read. */
export const MOST_BYTES = 24_900_000;

/** What is tried in CI of the photos that cost more than their size: those that are made quickly. */
export const SHORT_PHOTOS = /GIF of 500,000|TIFF|PNG with 100|350|gain|HEIC|SVG|WebP with|steps|6 million/;

/** What a body hears that is refused before it is read: whoever still sends hears it afterwards. */
export const UNREAD = /^4\d\d$/;

/** One call. */
export function one(name: string, expected: RegExp, call: () => Sent | Promise<Sent>): Trial {
  return many(name, expected, 1, call);
}

/** The same call so many times at once. */
export function many(name: string, expected: RegExp, calls: number, call: () => Sent | Promise<Sent>): Trial {
  const make = async () => {
    const sent = await call();
    return ({ port }: Server) => Promise.all(Array.from({ length: calls }, () => post(port, sent)));
  };
  return { name, expected, make };
}

/** Something that is not made of anything. */
export function act(name: string, expected: RegExp, run: (server: Server) => Promise<readonly string[]>): Trial {
  return { name, expected, make: async () => run };
}

/** A form with a file in the field `photo`. */
export function formOf(
  photo: Uint8Array,
  head = 'Content-Disposition: form-data; name="photo"; filename="a.jpg"',
): Sent {
  const body = Buffer.concat([Buffer.from(`--XX\r\n${head}\r\n\r\n`), photo, Buffer.from('\r\n--XX--\r\n')]);
  return { path: RAW.path, type: 'multipart/form-data; boundary=XX', body };
}

export function jsonOf(photo: Uint8Array, others: object = {}): Sent {
  const body = Buffer.from(JSON.stringify({ photo: Buffer.from(photo).toString('base64'), ...others }));
  return { path: RAW.path, type: 'application/json', body };
}
