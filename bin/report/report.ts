import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { CutOutOptions } from '../../lib/options';
import { makeThumbnails } from '../../lib/thumbnails';
import { count, emptyTally, type Outcome } from '../cut/format';
import { withTemporaryFile, writeWhole } from '../files';
import { frame, type ModelName } from './page';
import { row } from './row';

const THUMBNAIL_SIDE = 480;

/** Collects outcomes for the report page. */
export interface Report {
  add(outcome: Outcome): Promise<void>;
}

/** Where one photo's row waits on disk, and what decides its place on the page. */
interface Waiting {
  readonly rank: readonly [number, number, string];
  readonly start: number;
  readonly length: number;
}

/**
 * Run `work` with a report, then write the report's page. Rows wait in a temporary file, because with their
 * pictures they are some 50 kB each and only at the end is it known which is first.
 *
 * @param out the folder for results; the page is `report.html` in it
 * @returns the page's path; `null`, and nothing written, when `work` came back with `false`
 */
export function withReport(
  out: string,
  options: CutOutOptions,
  work: (report: Report) => Promise<boolean>,
): Promise<string | null> {
  const path = join(out, 'report.html');
  return withTemporaryFile(path, async (file) => {
    const waiting: Waiting[] = [];
    const tally = emptyTally();
    let model: ModelName | null = null;
    let end = 0;
    const finished = await work({
      async add(outcome) {
        // A photo may be cut and still resist being made small: its row then has no pictures.
        const pictures =
          outcome.result === undefined ? null : await makeThumbnails(outcome.result, THUMBNAIL_SIDE).catch(() => null);
        const html = Buffer.from(row(outcome, pictures, out));
        // The place is taken before the write begins: two photos may end at once.
        const start = end;
        end += html.length;
        await file.write(html, 0, html.length, start);
        waiting.push({ rank: rank(outcome), start, length: html.length });
        count(tally, outcome);
        model ??= outcome.result?.findings.model ?? null;
      },
    });
    if (!finished) return null;
    waiting.sort((a, b) => compare(a.rank, b.rank));
    await writeWhole(
      path,
      page(
        file,
        waiting,
        frame(
          tally,
          options,
          model,
          waiting.map(({ rank }) => rank[2]),
        ),
      ),
    );
    return path;
  });
}

/** Failed photos, which are few; cut-outs, the least sure first; photos without a dress, the most dress-like first. */
function rank({ job, error, result }: Outcome): Waiting['rank'] {
  if (error !== undefined) return [0, 0, job.name];
  const { verdict, presence, confidence } = result.findings;
  return verdict === 'no_dress' ? [2, -presence, job.name] : [1, confidence, job.name];
}

function compare([a, b, c]: Waiting['rank'], [x, y, z]: Waiting['rank']): number {
  return a - x || b - y || (c < z ? -1 : 1);
}

async function* page(file: FileHandle, waiting: readonly Waiting[], { beginning, ending }: ReturnType<typeof frame>) {
  yield beginning;
  for (const { start, length } of waiting) {
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, start);
    yield buffer.toString('utf8');
  }
  yield ending;
}
