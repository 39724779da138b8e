import { pathToFileURL } from 'node:url';
import type { Client, InStatement, ResultSet, Row } from '@libsql/client';
import { DresscutError, messageOf, notInstalled } from '../errors';
import { once } from '../once';
import type { Catalogue, CatalogueInfo, Dress, Match } from './catalogue';
import { checked, checkVersion } from './checked';
import { dressQuery, nearestQuery } from './embedded-query';
import { searchTerms } from './rules';

/** Of the tables below; a file of another is refused instead of misread. */
const SCHEMA = 1;
/** Milliseconds to wait for another process that is writing. */
const BUSY = 5000;

const TABLES = [
  `create table if not exists catalogues (name text primary key, version text not null)`,
  // A removed dress keeps its row without an embedding: of two deliveries the later one wins, whichever comes first.
  `create table if not exists dresses (
    catalogue text not null, id text not null, at integer not null, colours text not null, pattern text, length text,
    traits text not null, metadata text not null, embedding blob, primary key (catalogue, id))`,
];

/**
 * Catalogues in one file, in libSQL (SQLite with vectors). The search compares the query with every dress that passes
 * the filter: exact, and quick enough for some 100,000 (`docs/benchmarks.md`).
 *
 * @param file made at the first use where it is not there; its folder has to be
 */
export function embeddedCatalogue(file: string): Catalogue {
  let opened: Client | undefined;
  const connect = once(async () => {
    opened = await open(file);
    return opened;
  });
  const run = async (...statements: InStatement[]): Promise<ResultSet[]> => {
    const client = await connect();
    return client.batch(statements, 'write').catch((thrown: unknown) => failed(file, thrown));
  };
  const read = async (statement: InStatement): Promise<Row[]> => {
    const client = await connect();
    return (await client.execute(statement).catch((thrown: unknown) => failed(file, thrown))).rows;
  };
  const infoOf = async (name: string): Promise<CatalogueInfo | undefined> => {
    const [row] = await read({ sql: 'select name, version from catalogues where name = ?', args: [name] });
    return row as unknown as CatalogueInfo | undefined;
  };

  return checked({
    async put(name, dress) {
      const { version } = dress.embedding;
      const [, put] = await run(
        { sql: 'insert or ignore into catalogues values (?, ?)', args: [name, version] },
        putStatement(name, dress),
      );
      checkVersion(name, await infoOf(name), version);
      return put?.rowsAffected === 1;
    },

    async remove(name, id, at) {
      const [known, removed] = await run(
        { sql: 'select embedding is not null as there from dresses where catalogue = ? and id = ?', args: [name, id] },
        {
          sql: `insert into dresses select ?, ?, ?, '[]', null, null, '{}', '{}', null
            where exists (select 1 from catalogues where name = ?)
            on conflict do update set at = excluded.at, colours = '[]', pattern = null, length = null, traits = '{}',
            metadata = '{}', embedding = null where excluded.at >= dresses.at`,
          args: [name, id, at, name],
        },
      );
      return removed?.rowsAffected === 1 && known?.rows[0]?.there === 1;
    },

    async get(name, id) {
      const [row] = await read(dressQuery(name, id));
      if (row === undefined) return null;
      const { version, embedding, ...fields } = row;
      const vector = Array.from(new Float32Array(embedding as ArrayBuffer));
      return { ...kept(fields), embedding: { version: String(version), vector } };
    },

    async nearest(name, query) {
      checkVersion(name, await infoOf(name), query.embedding.version);
      const rows = await read(nearestQuery(name, query));
      return rows.map((row): Match => ({ ...kept(row), score: 1 - Number(row.distance) }));
    },

    async list() {
      const rows = await read('select name, version from catalogues order by name');
      return rows.map(({ name, version }) => ({ name: String(name), version: String(version) }));
    },

    async drop(name) {
      const [, dropped] = await run(
        { sql: 'delete from dresses where catalogue = ?', args: [name] },
        { sql: 'delete from catalogues where name = ?', args: [name] },
      );
      return dropped?.rowsAffected === 1;
    },

    async close() {
      opened?.close();
      opened = undefined;
    },
  });
}

async function open(file: string): Promise<Client> {
  let client: Client | undefined;
  try {
    // Loaded here, because a machine without a catalogue need not have it.
    const { createClient } = await import('@libsql/client').catch(notInstalled('@libsql/client'));
    client = createClient({ url: pathToFileURL(file).href, timeout: BUSY });
    const [row] = (await client.execute('pragma user_version')).rows;
    const schema = Number(row?.user_version);
    if (schema > SCHEMA) throw new Error(`it is of a later version (${schema}) than this program knows (${SCHEMA})`);
    // Not in WAL mode, quicker as it is: libSQL would leave two more files beside this one.
    await client.batch([...TABLES, `pragma user_version = ${SCHEMA}`], 'write');
    return client;
  } catch (thrown) {
    client?.close();
    return failed(file, thrown);
  }
}

/** Puts one dress into a catalogue that is there, unless a later one stands. */
export function putStatement(name: string, { id, at, traits, metadata, embedding }: Dress): InStatement {
  return {
    sql: `insert into dresses select ?, ?, ?, ?, ?, ?, ?, ?, ?
      where (select version from catalogues where name = ?) = ?
      on conflict do update set at = excluded.at, colours = excluded.colours, pattern = excluded.pattern,
      length = excluded.length, traits = excluded.traits, metadata = excluded.metadata, embedding = excluded.embedding
      where excluded.at >= dresses.at`,
    args: [
      ...[name, id, at, JSON.stringify(searchTerms(traits.colours)), traits.pattern, traits.length],
      ...[JSON.stringify(traits), JSON.stringify(metadata), Float32Array.from(embedding.vector).buffer],
      ...[name, embedding.version],
    ],
  };
}

/** What every answer tells of a dress. */
function kept({ id, at, traits, metadata }: Row): Omit<Dress, 'embedding'> {
  return {
    id: String(id),
    at: Number(at),
    traits: JSON.parse(String(traits)),
    metadata: JSON.parse(String(metadata)),
  };
}

function failed(file: string, cause: unknown): never {
  const message = `The catalogue ${file} cannot be used: ${messageOf(cause)}.`;
  throw new DresscutError('catalogue-unavailable', message, { cause });
}
