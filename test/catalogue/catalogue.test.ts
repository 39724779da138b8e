import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateVectorBucketCommand, S3VectorsClient } from '@aws-sdk/client-s3vectors';
import type { Catalogue } from '../../lib/catalogue/catalogue';
import { embeddedCatalogue } from '../../lib/catalogue/embedded';
import { s3VectorsCatalogue } from '../../lib/catalogue/s3-vectors';
import { dressOf, embeddingOf, VERSION } from '../helpers/dresses';
import { hasMoto, startMoto } from '../helpers/moto';

// What every catalogue keeps to, on a real file and on a real server. moto answers no queries: those of the second
// stand in s3-vectors.test.ts.

interface Opened {
  readonly catalogue: Catalogue;
  readonly close: () => Promise<void>;
}

async function openEmbedded(): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'dresscut-catalogue-'));
  const catalogue = embeddedCatalogue(join(folder, 'shop.db'));
  const close = async () => {
    await catalogue.close();
    await rm(folder, { recursive: true });
  };
  return { catalogue, close };
}

async function openS3Vectors(): Promise<Opened> {
  const moto = await startMoto();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new S3VectorsClient({ endpoint: moto.url, region: 'eu-west-1', credentials });
  await client.send(new CreateVectorBucketCommand({ vectorBucketName: 'dresses' }));
  const close = async () => {
    client.destroy();
    await moto.close();
  };
  return { catalogue: s3VectorsCatalogue('dresses', client), close };
}

const stores: readonly [string, () => Promise<Opened>, typeof test][] = [
  ['embedded', openEmbedded, test],
  ['S3 Vectors', openS3Vectors, hasMoto ? test : test.skip],
];

describe.each(stores)('%s', (kind, open, check) => {
  let opened: Opened;
  beforeAll(async () => {
    if (check !== test.skip) opened = await open();
  });
  afterAll(async () => opened?.close());

  check('gives back a dress as it was put, whatever its id and metadata look like', async () => {
    const dress = dressOf(`rack/ö'%00;"--\u{1f457} 1`);
    expect(await opened.catalogue.put('shop', dress)).toBe(true);
    expect(await opened.catalogue.get('shop', dress.id)).toEqual(dress);
    expect(await opened.catalogue.get('shop', 'another')).toBeNull();
    expect(await opened.catalogue.get('elsewhere', dress.id)).toBeNull();
  });

  check('leaves the newest, however often and in whichever order puts are delivered', async () => {
    const [old, young] = [dressOf('a', { at: 1 }), dressOf('a', { at: 2, metadata: { edition: 2 } })];
    const { catalogue } = opened;
    expect(await catalogue.put('order', young)).toBe(true);
    expect(await catalogue.put('order', old)).toBe(false);
    expect(await catalogue.put('order', young)).toBe(true);
    expect((await catalogue.get('order', 'a'))?.metadata).toEqual({ edition: 2 });
  });

  check('a removed dress stays away until a later one comes', async () => {
    const { catalogue } = opened;
    await catalogue.put('gone', dressOf('a', { at: 5 }));
    expect(await catalogue.remove('gone', 'a', 4)).toBe(false);
    expect(await catalogue.get('gone', 'a')).not.toBeNull();
    expect(await catalogue.remove('gone', 'a', 6)).toBe(true);
    expect(await catalogue.remove('gone', 'a', 7)).toBe(false);
    expect(await catalogue.put('gone', dressOf('a', { at: 5 }))).toBe(false);
    expect(await catalogue.get('gone', 'a')).toBeNull();
    expect(await catalogue.put('gone', dressOf('a', { at: 8 }))).toBe(true);
    expect(await catalogue.remove('nowhere', 'a', 1)).toBe(false);
  });

  check('refuses an embedding of another version, and says which', async () => {
    const { catalogue } = opened;
    await catalogue.put('versions', dressOf('a'));
    const embedding = { ...embeddingOf(0, 1, 0), version: 'dressnet-10-r1' };
    const refusal = { code: 'catalogue-version', facts: { holds: VERSION, received: 'dressnet-10-r1' } };
    await expect(catalogue.put('versions', dressOf('b', { embedding }))).rejects.toMatchObject(refusal);
    await expect(catalogue.nearest('versions', { embedding, limit: 1 })).rejects.toMatchObject(refusal);
    expect(await catalogue.get('versions', 'b')).toBeNull();
  });

  check('lists catalogues and drops one with all that is in it', async () => {
    const { catalogue } = opened;
    await catalogue.put('brief', dressOf('a'));
    expect(await catalogue.list()).toContainEqual({ name: 'brief', version: VERSION });
    expect(await catalogue.drop('brief')).toBe(true);
    expect(await catalogue.drop('brief')).toBe(false);
    expect(await catalogue.list()).not.toContainEqual(expect.objectContaining({ name: 'brief' }));
    await catalogue.put('brief', dressOf('b'));
    expect(await catalogue.get('brief', 'a')).toBeNull();
    expect(await catalogue.get('brief', 'b')).not.toBeNull();
  });

  check('says that a catalogue is not there', async () => {
    const query = { embedding: embeddingOf(1, 0, 0), limit: 3 };
    await expect(opened.catalogue.nearest('none', query)).rejects.toMatchObject({ code: 'not-found' });
  });

  check('twenty puts at once are all kept', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `id-${index}`);
    await Promise.all(ids.map((id) => opened.catalogue.put('many', dressOf(id))));
    const kept = await Promise.all(ids.map((id) => opened.catalogue.get('many', id)));
    expect(kept.map((dress) => dress?.id)).toEqual(ids);
  });

  if (kind === 'embedded') {
    check('ranks by likeness and keeps to every filter', async () => {
      const { catalogue } = opened;
      const traits = { ...dressOf('x').traits, pattern: 'patterned', length: 'mini' } as const;
      await catalogue.put('ranks', dressOf('near', { embedding: embeddingOf(1, 0.1, 0), metadata: { size: 1 } }));
      await catalogue.put('ranks', dressOf('far', { embedding: embeddingOf(0, 1, 0), metadata: { size: '1' } }));
      await catalogue.put('ranks', dressOf('opposite', { embedding: embeddingOf(-1, 0, 0), traits }));
      await catalogue.put('ranks', dressOf('removed', { at: 1 }));
      await catalogue.remove('ranks', 'removed', 2);
      const ask = async (filter = {}, limit = 10) => {
        const matches = await catalogue.nearest('ranks', { embedding: embeddingOf(1, 0, 0), limit, filter });
        return matches.map(({ id }) => id);
      };
      expect(await ask()).toEqual(['near', 'far', 'opposite']);
      expect(await ask({}, 1)).toEqual(['near']);
      expect(await ask({ pattern: 'patterned' })).toEqual(['opposite']);
      expect(await ask({ length: 'midi' })).toEqual(['near', 'far']);
      expect(await ask({ colour: 'blue' })).toHaveLength(3);
      expect(await ask({ colour: 'dark blue' })).toHaveLength(3);
      expect(await ask({ colour: 'light blue' })).toEqual([]);
      expect(await ask({ metadata: { size: 1 } })).toEqual(['near']);
      expect(await ask({ metadata: { size: '1' } })).toEqual(['far']);
      expect(await ask({ metadata: { sale: true, price: 49.5 } })).toEqual(['opposite']);
      expect(await ask({ metadata: { brand: 'Ä "quoted"' } })).toEqual(['opposite']);
      const [best, , worst] = await catalogue.nearest('ranks', { embedding: embeddingOf(1, 0, 0), limit: 10 });
      expect(best?.score).toBeCloseTo(1 / Math.hypot(1, 0.1), 5);
      expect(worst?.score).toBeCloseTo(-1, 5);
    });
  }
});
