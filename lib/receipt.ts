import { createHash } from 'node:crypto';
import type { Code, Facts } from './errors';
import type { Findings } from './findings';
import type { CutOutOptions } from './options';

/** One file that an upload was turned into. */
export interface ReceiptOutput {
  readonly kind: 'cutout' | 'mask';
  readonly key: string;
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

/**
 * The `.json` beside a cut-out: what became of one upload. It is written last, so that whoever sees it may rely
 * on every file that it names; there is one for each photo that was looked at, cut or not.
 */
export interface Receipt {
  readonly schema: 1;
  /** `done`: looked at, findings are there (the verdict may be `no_dress`). `failed`: it could not be. */
  readonly status: 'done' | 'failed';
  readonly source: {
    readonly bucket: string;
    readonly key: string;
    /** `null` when the upload had vanished before it was looked at. */
    readonly etag: string | null;
    readonly version: string | null;
    readonly bytes: number | null;
  };
  /** As they were understood; `null` when they could not be. */
  readonly options: CutOutOptions | null;
  readonly findings: Findings | null;
  readonly outputs: readonly ReceiptOutput[];
  /** Why there is no cut-out: an error below 500, or `no-dress`. `null` when there is one. */
  readonly problem: { readonly code: Code; readonly detail: string; readonly facts: Facts } | null;
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string };
  /** From the first look at the message to the moment before this file was written. */
  readonly milliseconds: number;
  /** ISO 8601, UTC. */
  readonly finished: string;
}

/** Where everything of one upload lies; both roads (events and `GET /v1/cutouts/{id}`) go by it. */
export const UPLOADS_PREFIX = 'uploads/';

/** S3 takes keys of so many bytes. */
const MAX_KEY_BYTES = 1024;

/**
 * Keys of what an upload is turned into: the path below `uploads/`, with the new extension added, so that
 * `a.jpg` and `a.png` never meet. A path too long for that is replaced by its SHA-256, below `long/`.
 * @param key of the upload, starting with `uploads/`
 */
export function outputKeys(
  key: string,
  format: CutOutOptions['format'],
): Record<'cutout' | 'mask' | 'receipt', string> {
  const given = key.slice(UPLOADS_PREFIX.length);
  const fits = Buffer.byteLength(`cutouts/${given}.jpeg`) <= MAX_KEY_BYTES;
  const path = fits ? given : `long/${createHash('sha256').update(given).digest('hex')}`;
  return { cutout: `cutouts/${path}.${format}`, mask: `masks/${path}.png`, receipt: `cutouts/${path}.json` };
}
