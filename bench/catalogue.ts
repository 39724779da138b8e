import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createClient } from '@libsql/client';
import { Command } from 'commander';
import type { Dress } from '../lib/catalogue/catalogue';
import { embeddedCatalogue, putStatement } from '../lib/catalogue/embedded';
import { messageOf } from '../lib/errors';
import { chanceNumbers, copyOf, type Vector, vectorsIn } from './catalogue-vectors';
import { median } from './scores';
import { table } from './table';

const VERSION = 'bench-1';
/** Dresses that are put one by one, and timed; the others go in by thousands. */
const TIMED = 200;
const LIKES = 10;

interface Flags {
  readonly sizes: string;
  readonly embeddings?: string;
  readonly approximate: boolean;
}

/** `npm run bench:catalogue`: what a catalogue in a file costs, and how well dresses are found in it, by its size. */
async function main(): Promise<void> {
  const { sizes, embeddings, approximate } = new Command('bench:catalogue')
    .description('Milliseconds, bytes, ranks and recall of a catalogue in a file.')
    .option('--sizes <numbers>', 'dresses in it, separated by commas', '100,1000,10000')
    .option('--embeddings <file>', 'what bench:describe --cache kept: real dresses, and disturbed views to look for')
    .option('--approximate', "also with libSQL's approximate index", false)
    .parse()
    .opts<Flags>();
  const vectors = embeddings === undefined ? chanceNumbers() : vectorsIn(embeddings);
  const rows: string[][] = [];
  for (const size of sizes.split(',').map(Number)) {
    const dresses = Array.from({ length: size }, (_, i) => dressOf(i, vectors.dresses));
    const queries = vectors.queries.filter(({ of }) => of < size);
    rows.push(await exactly(dresses, queries));
    if (approximate) rows.push(await approximately(dresses, queries));
  }
  const head = ['dresses', 'search', 'ms a put', 'ms a query', 'filtered', 'bytes each', 'first', 'recall of ten'];
  process.stdout.write(`${table([head, ...rows])}\n`);
  process.stdout.write(`${vectors.told}; ${vectors.queries.length} queries\n`);
}

/** The first are the real ones; then each of them again, disturbed. */
function dressOf(i: number, real: readonly Vector[]): Dress {
  const vector = real[i] ?? copyOf(real[i % real.length] as Vector, i);
  const traits = { colours: [{ name: 'blue', hex: '#2563c8', share: 1 }], pattern: 'plain', length: 'midi' } as const;
  const metadata = { price: i % 500, sale: i % 2 === 0 };
  return { id: String(i), embedding: { version: VERSION, vector }, traits, metadata, at: 1 };
}

type Queries = readonly { readonly of: number; readonly vector: Vector }[];

async function exactly(dresses: readonly Dress[], queries: Queries): Promise<string[]> {
  return inFile(async (file) => {
    const catalogue = embeddedCatalogue(file);
    const [few, many] = [dresses.slice(0, TIMED), dresses.slice(TIMED)];
    const puts: number[] = [];
    // The first put makes the tables.
    await catalogue.put('bench', few[0] as Dress);
    const client = createClient({ url: pathToFileURL(file).href });
    for (let at = 0; at < many.length; at += 1000) {
      await client.batch(
        many.slice(at, at + 1000).map((dress) => putStatement('bench', dress)),
        'write',
      );
    }
    client.close();
    for (const dress of few) puts.push(await timed(() => catalogue.put('bench', dress)));
    let first = 0;
    const [took, filtered]: number[][] = [[], []];
    for (const { of, vector } of queries) {
      const query = { embedding: { version: VERSION, vector }, limit: LIKES };
      let best: string | undefined;
      took?.push(await timed(async () => ([{ id: best } = { id: '' }] = await catalogue.nearest('bench', query))));
      if (best === String(of)) first++;
      filtered?.push(await timed(() => catalogue.nearest('bench', { ...query, filter: { metadata: { sale: true } } })));
    }
    await catalogue.close();
    const times = [median(puts), median(took ?? []), median(filtered ?? [])].map((ms) => ms.toFixed(1));
    const found = `${first} of ${queries.length}`;
    return [String(dresses.length), 'exact', ...times, await bytesEach(file, dresses.length), found, '100 %'];
  });
}

/** The same numbers in a table with libSQL's index (DiskANN), beside the exact answer. */
async function approximately(dresses: readonly Dress[], queries: Queries): Promise<string[]> {
  return inFile(async (file) => {
    const client = createClient({ url: pathToFileURL(file).href });
    const length = dresses[0]?.embedding.vector.length ?? 0;
    await client.execute(`create table dresses (id integer primary key, embedding F32_BLOB(${length}))`);
    await client.execute(`create index near on dresses (libsql_vector_idx(embedding, 'metric=cosine'))`);
    const blobOf = (vector: Vector) => Float32Array.from(vector).buffer as ArrayBuffer;
    const started = performance.now();
    for (let at = 0; at < dresses.length; at += 100) {
      await client.batch(
        dresses.slice(at, at + 100).map(({ id, embedding }) => ({
          sql: 'insert into dresses values (?, ?)',
          args: [Number(id), blobOf(embedding.vector)],
        })),
        'write',
      );
    }
    const put = (performance.now() - started) / dresses.length;
    let [first, recalled] = [0, 0];
    const took: number[] = [];
    for (const { of, vector } of queries) {
      const exact = `select id from dresses order by vector_distance_cos(embedding, ?) limit ${LIKES}`;
      const truth = (await client.execute({ sql: exact, args: [blobOf(vector)] })).rows.map(({ id }) => Number(id));
      let near: number[] = [];
      took.push(
        await timed(async () => {
          const sql = `select dresses.id as id from vector_top_k('near', ?, ${LIKES}) as k
            join dresses on dresses.rowid = k.id order by vector_distance_cos(embedding, ?)`;
          near = (await client.execute({ sql, args: [blobOf(vector), blobOf(vector)] })).rows.map(({ id }) =>
            Number(id),
          );
        }),
      );
      if (near[0] === of) first++;
      recalled += near.filter((id) => truth.includes(id)).length / truth.length;
    }
    client.close();
    const recall = `${Math.round((100 * recalled) / queries.length)} %`;
    const times = [put.toFixed(1), median(took).toFixed(1), '-'];
    const found = `${first} of ${queries.length}`;
    return [String(dresses.length), 'approximate', ...times, await bytesEach(file, dresses.length), found, recall];
  });
}

async function inFile<T>(use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'dresscut-bench-'));
  try {
    return await use(join(folder, 'bench.db'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function bytesEach(file: string, dresses: number): Promise<string> {
  return String(Math.round((await stat(file)).size / dresses));
}

main().catch((thrown: unknown) => {
  process.stderr.write(`bench:catalogue: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
});
