import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { bucketTrials, uploadDress } from './bucket';
import { dress } from './photos';
import { post } from './senders';
import { type Server, startServer } from './server';
import { RAW, type Trial } from './trial';
import { trials } from './trials';

/**
 * `npm run trials`: what has stopped this service before, or could, against a freshly started one. Prints a table, and
 * ends with 1 where the service died, a trial had no answer of ours, or the next ordinary call was not answered.
 * `--bucket` puts photos into the bucket of `npm start` instead, `--short` sends less of everything, `--only TEXT` (once or more) runs those whose names hold the text, `--out FILE`
 * writes the table.
 */
interface Row {
  readonly name: string;
  readonly cells: readonly string[];
  readonly failed: boolean;
}

const HEADINGS = ['input', 'answers', 'seconds', 'peak memory, MB', 'longest silence of health, ms', 'next call'];

/** What an ordinary call, or upload, comes to afterwards. */
interface Next {
  readonly ask: (server: Server) => Promise<string>;
  readonly wanted: string;
}

const CALL: Next = { ask: ({ port }) => post(port, { ...RAW, body: dress() }), wanted: '200' };
const UPLOAD: Next = { ask: uploadDress, wanted: 'done' };

async function runTrial(server: Server, { name, make, expected }: Trial, { ask, wanted }: Next): Promise<Row> {
  const run = await make();
  const { result, seconds, peakBytes, silentMilliseconds } = await server.watch(() => run(server));
  const next = await ask(server);
  const counts = [...new Set(result)].sort().map((status) => {
    const count = result.filter((each) => each === status).length;
    return result.length === 1 ? status : `${count} x ${status}`;
  });
  const failed = !server.alive() || next !== wanted || !result.every((status) => expected.test(status));
  const cells = [
    counts.join(', '),
    seconds.toFixed(1),
    String(Math.round(peakBytes / 1e6)),
    String(Math.round(silentMilliseconds)),
    next,
  ];
  return { name, cells, failed };
}

const tableOf = (rows: readonly Row[]): string =>
  [
    `| ${HEADINGS.join(' | ')} |`,
    `|${HEADINGS.map((_, i) => (i < 2 ? '---' : '--:')).join('|')}|`,
    ...rows.map(({ name, cells }) => `| ${[name, ...cells].join(' | ')} |`),
    '',
  ].join('\n');

async function main(): Promise<void> {
  const options = {
    short: { type: 'boolean', default: false },
    bucket: { type: 'boolean', default: false },
    out: { type: 'string' },
    only: { type: 'string', multiple: true },
  } as const;
  const { short, bucket, out, only = [''] } = parseArgs({ options }).values;
  const all = (bucket ? bucketTrials : trials)(short).filter(({ name }) => only.some((text) => name.includes(text)));
  const server = await startServer(bucket);
  const rows: Row[] = [];
  try {
    for (const trial of all) {
      const row = await runTrial(server, trial, bucket ? UPLOAD : CALL);
      rows.push(row);
      process.stdout.write(`${row.failed ? 'FAILED ' : ''}${row.name}: ${row.cells.join('; ')}\n`);
      if (!server.alive()) break;
    }
  } finally {
    await server.stop();
  }
  const table = tableOf(rows);
  process.stdout.write(`\n${table}`);
  if (out !== undefined) {
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, table);
  }
  if (rows.some(({ failed }) => failed) || rows.length < all.length) process.exitCode = 1;
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
  process.exitCode = 1;
});
