import { z } from 'zod';
import { type Code, type Facts, STATUS } from '../errors';
import { type Findings, VERDICTS } from '../findings';
import type { CutOutOptions } from '../options';
import type { PhotoStore } from '../ports';
import { readJson } from './json-object';
import { receiptKey } from './keys';

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
  /** Where the dress was put, or is about to be; `null` for an upload that is in no catalogue. */
  readonly catalogue: { readonly name: string; readonly id: string } | null;
  /** Whether the corrected cut is kept for training; only where the service keeps any. */
  readonly correction: boolean;
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string };
  /** From the first look at the message to the moment before this file was written. */
  readonly milliseconds: number;
  /** ISO 8601, UTC. */
  readonly finished: string;
}

const count = z.number().min(0);
// An older version's findings and options may lack what a newer one adds: only what decisions rest on is checked.
const findings = z.custom<Findings>((value) => z.object({ verdict: z.enum(VERDICTS) }).safeParse(value).success);
const options = z.custom<CutOutOptions>((value) => z.record(z.string(), z.unknown()).safeParse(value).success);
const fact = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

const receiptParts = z.object({
  schema: z.literal(1),
  status: z.enum(['done', 'failed']),
  source: z.object({
    bucket: z.string(),
    key: z.string(),
    etag: z.string().nullable(),
    version: z.string().nullable(),
    bytes: count.nullable(),
  }),
  options: options.nullable(),
  findings: findings.nullable(),
  outputs: z.array(
    z.object({
      kind: z.enum(['cutout', 'mask']),
      key: z.string().min(1),
      contentType: z.string(),
      width: count,
      height: count,
      bytes: count,
    }),
  ),
  problem: z
    .object({
      code: z.enum(Object.keys(STATUS) as [Code, ...Code[]]),
      detail: z.string(),
      facts: z.record(z.string(), fact),
    })
    .nullable(),
  catalogue: z.object({ name: z.string(), id: z.string() }).nullable().default(null),
  correction: z.boolean().default(false),
  model: z.object({ name: z.string(), version: z.string(), sha256: z.string() }),
  milliseconds: count,
  finished: z.string(),
}) satisfies z.ZodType<Receipt>;

/** What names no problem names a cut-out, and says what was found. */
const receiptSchema = receiptParts.refine(
  ({ problem, findings: found, outputs }) =>
    problem !== null || (found !== null && outputs.some(({ kind }) => kind === 'cutout')),
);

/**
 * The receipt of an upload. `null`: there is none. `unreadable`: what lies there is none of this schema (cut off, too
 * large, written by somebody else or by another version), and counts as none.
 *
 * @param key of the upload, starting with `uploads/`
 */
export function readReceipt(store: PhotoStore, bucket: string, key: string): Promise<Receipt | 'unreadable' | null> {
  return readJson(store, { bucket, key: receiptKey(key) }, receiptSchema);
}
