import {
  CreateIndexCommand,
  GetVectorsCommand,
  ListIndexesCommand,
  NotFoundException,
  PutVectorsCommand,
  QueryVectorsCommand,
  S3VectorsClient,
  TooManyRequestsException,
} from '@aws-sdk/client-s3vectors';
import { mockClient } from 'aws-sdk-client-mock';
import { s3VectorsCatalogue } from '../../lib/catalogue/s3-vectors';
import { dressOf, embeddingOf, VERSION } from '../helpers/dresses';

// What no server on loopback gives: answers to queries, and the service's failures.
const client = new S3VectorsClient({ region: 'eu-west-1' });
const service = mockClient(client);
beforeEach(() => service.reset());

const index = { indexName: `shop.${VERSION}`, vectorBucketName: 'dresses', indexArn: 'arn', creationTime: new Date(0) };
const $metadata = {};

test('a query asks one index, leaves out what was removed, and filters by what is given', async () => {
  service.on(ListIndexesCommand).resolves({ indexes: [index] });
  const { id, traits, metadata, at } = dressOf('a');
  const stored = { at, traits: JSON.stringify(traits), metadata: JSON.stringify(metadata) };
  service.on(QueryVectorsCommand).resolves({ vectors: [{ key: id, distance: 0.25, metadata: stored }] });
  const catalogue = s3VectorsCatalogue('dresses', client);
  const filter = { colour: 'blue', length: 'midi', metadata: { brand: 'us', sale: true } } as const;
  const matches = await catalogue.nearest('shop', { embedding: embeddingOf(0, 1), limit: 7, filter });
  expect(matches).toEqual([{ id, traits, metadata, at, score: 0.75 }]);
  expect(service.commandCalls(QueryVectorsCommand)[0]?.args[0].input).toEqual({
    vectorBucketName: 'dresses',
    indexName: `shop.${VERSION}`,
    topK: 7,
    queryVector: { float32: [0, 1] },
    filter: {
      $and: [
        { removed: { $exists: false } },
        { colours: { $eq: 'blue' } },
        { length: { $eq: 'midi' } },
        { own_brand: { $eq: 'us' } },
        { own_sale: { $eq: true } },
      ],
    },
    returnMetadata: true,
    returnDistance: true,
  });
});

test('without a filter only what was removed is left out', async () => {
  service.on(ListIndexesCommand).resolves({ indexes: [index] });
  service.on(QueryVectorsCommand).resolves({ vectors: [] });
  await s3VectorsCatalogue('dresses', client).nearest('shop', { embedding: embeddingOf(0, 1), limit: 1 });
  const { filter } = service.commandCalls(QueryVectorsCommand)[0]?.args[0].input ?? {};
  expect(filter).toEqual({ removed: { $exists: false } });
});

test('what can be filtered by stays within 2 kB, however much metadata a caller has', async () => {
  service.on(ListIndexesCommand).resolves({ indexes: [index] });
  service.on(GetVectorsCommand).resolves({ vectors: [] });
  service.on(PutVectorsCommand).resolves({});
  const name = (position: number) => `${'n'.repeat(30)}${String(position).padStart(2, '0')}`;
  const metadata = Object.fromEntries(Array.from({ length: 16 }, (_, position) => [name(position), 'x'.repeat(63)]));
  const names = ['light orange', 'dark purple', 'light yellow', 'dark orange', 'light purple'] as const;
  const colours = names.map((name) => ({ name, hex: '#000000', share: 0.2 }));
  const traits = { colours, pattern: 'patterned', length: 'unknown' } as const;
  await s3VectorsCatalogue('dresses', client).put('shop', dressOf('a', { metadata, traits, at: 2e12 }));
  const [vector] = service.commandCalls(PutVectorsCommand)[0]?.args[0].input.vectors ?? [];
  const { traits: _, metadata: kept, ...byWhich } = (vector?.metadata ?? {}) as Record<string, unknown>;
  expect(Object.keys(byWhich)).toHaveLength(20);
  expect(Buffer.byteLength(JSON.stringify(byWhich))).toBeLessThanOrEqual(2048);
  expect(JSON.parse(String(kept))).toEqual(metadata);
});

test('an index that somebody dropped is made again by the next put', async () => {
  const gone = new NotFoundException({ message: 'gone', $metadata });
  service
    .on(ListIndexesCommand)
    .resolvesOnce({ indexes: [index] })
    .resolves({ indexes: [] });
  service.on(GetVectorsCommand).rejectsOnce(gone).resolves({ vectors: [] });
  service.on(CreateIndexCommand).resolves({});
  service.on(PutVectorsCommand).resolves({});
  expect(await s3VectorsCatalogue('dresses', client).put('shop', dressOf('a'))).toBe(true);
  expect(service.commandCalls(CreateIndexCommand)[0]?.args[0].input).toEqual({
    vectorBucketName: 'dresses',
    indexName: `shop.${VERSION}`,
    dataType: 'float32',
    distanceMetric: 'cosine',
    dimension: 3,
    metadataConfiguration: { nonFilterableMetadataKeys: ['traits', 'metadata'] },
  });
});

test('a failure of the service is unavailable, with its own error as the cause', async () => {
  service.on(ListIndexesCommand).rejects(new TooManyRequestsException({ message: 'slow down', $metadata }));
  await expect(s3VectorsCatalogue('dresses', client).get('shop', 'a')).rejects.toMatchObject({
    code: 'catalogue-unavailable',
    message: 'Amazon S3 Vectors cannot be used: slow down',
    cause: { name: 'TooManyRequestsException' },
  });
});
