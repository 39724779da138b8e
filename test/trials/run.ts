import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { HEAVY_BODIES } from './bodies';
import { dress, largest, padded, tileGrid } from './photos';
import { hangUp, post, stall, trickle } from './senders';
import { type Server, startServer } from './server';

/**
 * `npm run trials`: what has stopped this service before, or could, against a freshly started one. Prints a table, and
 * ends with 1 where the service died, a trial had no answer of ours, or the next ordinary call was not answered.
 * `--short` sends less of everything, `--only TEXT` runs those whose names hold the text, `--out FILE` writes the table.
 */
interface Trial {
  readonly name: string;
  readonly run: (port: number) => Promise<readonly string[]>;
  /** Statuses that are answers of ours to this trial. */
  readonly expected: RegExp;
}

interface Row {
  readonly name: string;
  readonly cells: readonly string[];
  readonly failed: boolean;
}

const HEADINGS = ['input', 'answers', 'seconds', 'peak memory, MB', 'longest silence of health, ms', 'next call'];
const RAW = { path: '/v1/cutouts?expect=dress', type: 'image/jpeg' };
const FORM = 'multipart/form-data; boundary=XX';

function formOf(photo: Buffer): Buffer {
  const head = '--XX\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n';
  return Buffer.concat([Buffer.from(head), photo, Buffer.from('\r\n--XX--\r\n')]);
}

const jsonOf = (photo: Buffer) => Buffer.from(JSON.stringify({ photo: photo.toString('base64') }));

const PIECES = 0.02;
/** Larger than this, no photo is read. */
const MOST_BYTES = 24_900_000;

async function trials(short: boolean): Promise<readonly Trial[]> {
  const scale = short ? PIECES : 1;
  const senders = short ? 8 : 33;
  const calls = short ? 10 : 40;
  const one = (name: string, path: string, type: string, body: Buffer, expected: RegExp): Trial => ({
    name,
    expected,
    run: async (port) => [await post(port, { path, type, body })],
  });
  const many = (name: string, type: string, body: Buffer): Trial => ({
    name,
    expected: /^(200|503)$/,
    run: (port) => Promise.all(Array.from({ length: calls }, () => post(port, { ...RAW, type, body }))),
  });
  const large = padded(short ? 5_000_000 : MOST_BYTES);
  const side = short ? 1000 : 4000;
  const ordinary: Trial[] = [
    { name: 'nothing, for comparison', expected: /^-$/, run: () => sleep(3000).then(() => ['-']) },
    one('an ordinary photo', RAW.path, RAW.type, dress(), /^200$/),
    ...(short ? [] : [one('48 megapixels as JPEG', RAW.path, RAW.type, await largest('jpeg'), /^200$/)]),
    ...(short ? [] : [one('48 megapixels as WebP', RAW.path, RAW.type, await largest('webp'), /^(200|413|422)$/)]),
  ];
  const stalling: Trial[] = [
    { name: `${senders} senders stall after four bytes`, expected: /^503$/, run: (port) => stall(port, senders) },
    { name: `${senders} senders trickle`, expected: /^(503|nothing)$/, run: (port) => trickle(port, senders) },
    { name: `${senders} senders hang up`, expected: /^nothing$/, run: (port) => hangUp(port, senders) },
  ];
  const bodies = HEAVY_BODIES.map(({ name, path, type, make }) => one(name, path, type, make(scale), /^4\d\d$/));
  const crowds = [
    many(`${calls} calls at once, raw`, RAW.type, large),
    many(`${calls} calls at once, forms`, FORM, formOf(large)),
    many(`${calls} calls at once, JSON`, 'application/json', jsonOf(large)),
  ];
  const grids = await Promise.all(
    [2, 10].map(async (columns) =>
      one(
        `AVIF of ${columns} x ${columns} tiles as large as itself`,
        RAW.path,
        RAW.type,
        await tileGrid(side, columns),
        /^4\d\d$/,
      ),
    ),
  );
  return [...ordinary, ...stalling, ...bodies, ...crowds, ...grids];
}

async function runTrial(server: Server, { name, run, expected }: Trial): Promise<Row> {
  const watched = await server.watch(() => run(server.port));
  const next = await post(server.port, { ...RAW, body: dress() });
  const { result, seconds, peakBytes, silentMilliseconds } = watched;
  const counts = [...new Set(result)].sort().map((status) => {
    const count = result.filter((each) => each === status).length;
    return result.length === 1 ? status : `${count} x ${status}`;
  });
  const failed = !server.alive() || next !== '200' || !result.every((status) => expected.test(status));
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
    out: { type: 'string' },
    only: { type: 'string', default: '' },
  } as const;
  const { short, out, only } = parseArgs({ options }).values;
  const all = (await trials(short)).filter(({ name }) => name.includes(only));
  const server = await startServer();
  const rows: Row[] = [];
  try {
    for (const trial of all) {
      const row = await runTrial(server, trial);
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
