import type { CutOutResult } from '../../lib/cut-out';
import type { DresscutError } from '../../lib/errors';
import type { CutOutOptions } from '../../lib/options';
import type { Job } from './inputs';

/** What became of one photo: either `error` or `result` is there. */
export type Outcome = { readonly job: Job } & (
  | { readonly error: DresscutError; readonly result?: undefined }
  | { readonly result: CutOutResult; readonly error?: undefined }
);

/** How many photos ended how. `review` are among `cut`. */
export interface Tally {
  cut: number;
  review: number;
  noDress: number;
  failed: number;
  /** Left alone, because they were cut before. */
  skipped: number;
  /** The highest presence among the photos without a dress, 0 to 1. */
  presence: number;
}

/** Before the first photo. */
export const emptyTally = (): Tally => ({ cut: 0, review: 0, noDress: 0, failed: 0, skipped: 0, presence: 0 });

/** Count one more outcome. */
export function count(tally: Tally, { error, result }: Outcome): void {
  if (error !== undefined) tally.failed += 1;
  else if (result.findings.verdict === 'no_dress') {
    tally.noDress += 1;
    tally.presence = Math.max(tally.presence, result.findings.presence);
  } else tally.cut += 1;
  if (result?.findings.verdict === 'review') tally.review += 1;
}

/** One photo's end in a sentence, without a line end. */
export function sentence({ job, error, result }: Outcome): string {
  if (error !== undefined) return printable(`${job.source}: could not be cut. ${error.message} (${error.code})`);
  const { verdict, reasons, presence, confidence, coverage } = result.findings;
  if (verdict === 'no_dress') {
    return printable(`${job.source}: no dress found (no_dress), nothing written; presence ${percent(presence)}`);
  }
  const look =
    verdict === 'review' ? `is cut out but unsure, have a look (review: ${reasons.join(', ')})` : 'is cut out (ok)';
  const figures = `confidence ${percent(confidence)}, presence ${percent(presence)}, ${percent(coverage)} of the photo`;
  return printable(`${job.target}: the dress ${look}; ${figures}`);
}

/** The last line of a run. */
export function summary({ cut, review, noDress, failed, skipped }: Tally, seconds: number): string {
  const before = skipped === 0 ? '' : `${skipped} cut before, `;
  return `${before}${cut} cut, ${review} of them to review, ${noDress} without a dress, ${failed} failed; ${seconds.toFixed(1)} s`;
}

/** What to do about photos without a dress, once for all of them; `null` where there are none. */
export function advice({ noDress, presence }: Tally, { expect }: CutOutOptions): string | null {
  if (noDress === 0) return null;
  const which = noDress === 1 ? 'One photo shows' : `${noDress} photos show`;
  if (expect === 'dress')
    return `${which} nothing that could be cut as a dress, although --expect dress says that it is there.`;
  const sure = noDress === 1 ? `presence ${percent(presence)}` : `presence ${percent(presence)} at most`;
  return `${which} no dress as far as the network can tell (${sure}). If one is there: --expect dress cuts it.`;
}

/**
 * One photo's end as a line of JSON: `source`, `result` (the file written, or `null`), and then either the
 * findings or `error` with `code` and `message`.
 */
export function jsonLine({ job, error, result }: Outcome): string {
  if (error !== undefined) {
    return JSON.stringify({ source: job.source, result: null, error: { code: error.code, message: error.message } });
  }
  return JSON.stringify({ source: job.source, result: result.image === null ? null : job.target, ...result.findings });
}

/** A share of 1 as a percentage, without pretending to certainty. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return 'below 1 %';
  return `${share < 1 ? Math.min(99, Math.round(share * 100)) : 100} %`;
}

/** Text as one line that cannot steer a terminal: a file name may hold escape sequences. */
export function printable(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/\p{Cc}/gu, '?');
}
