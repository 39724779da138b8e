import type { CutRequest } from './arguments';

/** A sentence for each option that was typed and changes nothing in this run. */
export function withoutEffect({ options, typed, report, skipExisting, keepCorrections }: CutRequest): string[] {
  const told: string[] = [];
  if (typed.has('margin') && !options.crop) told.push('--margin does nothing without --crop.');
  if (typed.has('background') && options.output !== 'cutout') {
    told.push(`--background does nothing with --output ${options.output}: it stands behind cut-outs.`);
  }
  if (keepCorrections !== null && options.strokes.length === 0) {
    told.push('--keep-corrections does nothing without --strokes: only what somebody has corrected is kept.');
  }
  if (report && skipExisting)
    told.push('The report will show only what this run cuts: --skip-existing leaves out the rest.');
  return told;
}
