import type { CutRequest } from './arguments';

/** A sentence for each option that was typed and changes nothing in this run. */
export function withoutEffect(request: CutRequest): string[] {
  const { options, typed, json, report, skipExisting, marks, keepCorrections } = request;
  const told: string[] = [];
  if (typed.has('margin') && !options.crop) told.push('--margin does nothing without --crop.');
  if (typed.has('background') && options.output !== 'cutout') {
    told.push(`--background does nothing with --output ${options.output}: it stands behind cut-outs.`);
  }
  if (typed.has('presence') && options.expect === 'dress') {
    told.push('--presence does nothing with --expect dress, which says that a dress is there.');
  }
  if (typed.has('which') && options.mode === 'article') {
    told.push('--which does nothing with --mode article, which knows one person.');
  }
  if (options.describe && !json && !report) told.push('--describe shows with --json or --report only.');
  if (options.embedding && !json) told.push('--embedding shows with --json only.');
  if (marks !== null && options.expect !== 'dress') {
    told.push(
      'Photos that are to be cut anyway need --expect dress beside --marks: else they show no dress as before.',
    );
  }
  if (keepCorrections !== null && options.strokes.length === 0) {
    told.push('--keep-corrections does nothing without --strokes: only what somebody has corrected is kept.');
  }
  if (report && skipExisting)
    told.push('The report will show only what this run cuts: --skip-existing leaves out the rest.');
  return told;
}
