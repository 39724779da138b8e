import type { S3VectorsClient } from '@aws-sdk/client-s3vectors';
import { DresscutError, messageOf, notInstalled } from '../errors';
import { once } from '../once';
import type { Catalogue, CatalogueInfo } from './catalogue';
import { checked, checkVersion } from './checked';
import {
  dressOf,
  filterOf,
  isRemoved,
  matchOf,
  metadataOf,
  NOT_FILTERABLE,
  timeOf,
  tombstone,
} from './s3-vectors-item';

/** Milliseconds to connect, and without an answer, after which a call is given up. */
const WAITS = { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true } as const;

/** Loaded when it is needed, because a machine without this catalogue need not have it. */
const sdk = once(() => import('@aws-sdk/client-s3vectors').catch(notInstalled('@aws-sdk/client-s3vectors')));

/**
 * Catalogues in an Amazon S3 vector bucket, paid for by use: an index for each, named `<catalogue>.<version>` and made
 * with the first dress. The search is approximate. The service knows no conditional writes: two puts of one dress at the
 * same moment may leave the older one, so who delivers out of order looks at the source once more after the put.
 *
 * @param bucket the vector bucket; it has to be there
 */
export function s3VectorsCatalogue(bucket: string, given?: S3VectorsClient): Catalogue {
  let made: S3VectorsClient | undefined;
  const connect = once(async () => {
    if (given !== undefined) return given;
    const { S3VectorsClient } = await sdk();
    made = new S3VectorsClient({ maxAttempts: 4, requestHandler: WAITS });
    return made;
  });
  /** The version of each catalogue, as far as it is known. */
  const versions = new Map<string, string>();
  /** Indexes that are being looked for or made: twenty first puts at once make one. */
  const opening = new Map<string, Promise<CatalogueInfo>>();
  const at = (name: string, version: string) => ({ vectorBucketName: bucket, indexName: `${name}.${version}` });

  async function list(prefix: string): Promise<CatalogueInfo[]> {
    const client = await connect();
    const { ListIndexesCommand } = await sdk();
    const infos: CatalogueInfo[] = [];
    let nextToken: string | undefined;
    do {
      const page = await client.send(new ListIndexesCommand({ vectorBucketName: bucket, prefix, nextToken }));
      for (const { indexName = '' } of page.indexes ?? []) {
        const [name = '', ...version] = indexName.split('.');
        if (indexName.startsWith(prefix) && version.length > 0) infos.push({ name, version: version.join('.') });
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return infos.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async function infoOf(name: string, wanted?: string): Promise<CatalogueInfo | undefined> {
    const known = versions.get(name);
    if (known !== undefined && (wanted === undefined || known === wanted)) return { name, version: known };
    const infos = await list(`${name}.`);
    const info = infos.find(({ version }) => version === wanted) ?? infos[0];
    if (info !== undefined) versions.set(name, info.version);
    return info;
  }

  async function create(name: string, version: string, dimension: number): Promise<CatalogueInfo> {
    const client = await connect();
    const { CreateIndexCommand, ConflictException } = await sdk();
    const shape = { dataType: 'float32', distanceMetric: 'cosine', dimension } as const;
    const metadataConfiguration = { nonFilterableMetadataKeys: [...NOT_FILTERABLE] };
    await client
      .send(new CreateIndexCommand({ ...at(name, version), ...shape, metadataConfiguration }))
      .catch((thrown: unknown) => {
        if (!(thrown instanceof ConflictException)) throw thrown; // somebody else was first
      });
    versions.set(name, version);
    return { name, version };
  }

  async function openIndex(name: string, version: string, dimension: number): Promise<CatalogueInfo> {
    const open = async () => (await infoOf(name, version)) ?? (await create(name, version, dimension));
    const opened = opening.get(name) ?? open().finally(() => opening.delete(name));
    opening.set(name, opened);
    return opened;
  }

  async function stored(info: CatalogueInfo, id: string, returnData: boolean) {
    const client = await connect();
    const { GetVectorsCommand } = await sdk();
    const wanted = { keys: [id], returnData, returnMetadata: true };
    const { vectors } = await client.send(new GetVectorsCommand({ ...at(info.name, info.version), ...wanted }));
    return vectors?.find(({ key }) => key === id);
  }

  async function write(
    info: CatalogueInfo,
    key: string,
    vector: Iterable<number>,
    metadata: ReturnType<typeof metadataOf>,
  ) {
    const client = await connect();
    const { PutVectorsCommand } = await sdk();
    const vectors = [{ key, data: { float32: [...vector] }, metadata }];
    await client.send(new PutVectorsCommand({ ...at(info.name, info.version), vectors }));
  }

  /** Runs once more where an index that was known has gone; the service's own errors become ours. */
  async function run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const { NotFoundException } = await sdk().catch(failed);
    const again = (thrown: unknown): Promise<T> => {
      if (!(thrown instanceof NotFoundException) || !versions.delete(name)) throw thrown;
      return work();
    };
    return work().catch(again).catch(failed);
  }

  return checked({
    put: (name, dress) =>
      run(name, async () => {
        const { version, vector } = dress.embedding;
        const info = await openIndex(name, version, vector.length);
        checkVersion(name, info, version);
        const before = await stored(info, dress.id, false);
        if (before !== undefined && timeOf(before) > dress.at) return false;
        await write(info, dress.id, vector, metadataOf(dress));
        return true;
      }),

    remove: (name, id, time) =>
      run(name, async () => {
        const info = await infoOf(name);
        if (info === undefined) return false;
        const before = await stored(info, id, true);
        if (before === undefined || timeOf(before) > time) return false;
        await write(info, id, before.data?.float32 ?? [], tombstone(time));
        return !isRemoved(before);
      }),

    get: (name, id) =>
      run(name, async () => {
        const info = await infoOf(name);
        const found = info && (await stored(info, id, true));
        return found === undefined || isRemoved(found) ? null : dressOf(found, info?.version ?? '');
      }),

    nearest: (name, { embedding, limit, filter }) =>
      run(name, async () => {
        const info = await infoOf(name, embedding.version);
        checkVersion(name, info, embedding.version);
        const client = await connect();
        const { QueryVectorsCommand } = await sdk();
        const { vectors = [] } = await client.send(
          new QueryVectorsCommand({
            ...at(name, embedding.version),
            topK: limit,
            queryVector: { float32: [...embedding.vector] },
            filter: filterOf(filter ?? {}),
            returnMetadata: true,
            returnDistance: true,
          }),
        );
        return vectors.map(matchOf);
      }),

    list: () => run('', () => list('')),

    drop: (name) =>
      run(name, async () => {
        const client = await connect();
        const { DeleteIndexCommand } = await sdk();
        const infos = await list(`${name}.`);
        for (const { version } of infos) await client.send(new DeleteIndexCommand(at(name, version)));
        versions.delete(name);
        return infos.length > 0;
      }),

    async close() {
      made?.destroy();
    },
  });
}

function failed(thrown: unknown): never {
  if (thrown instanceof DresscutError) throw thrown;
  const message = `Amazon S3 Vectors cannot be used: ${messageOf(thrown)}`;
  throw new DresscutError('catalogue-unavailable', message, { cause: thrown });
}
