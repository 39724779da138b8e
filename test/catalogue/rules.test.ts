import type { Catalogue, Dress, Query } from '../../lib/catalogue/catalogue';
import { checked } from '../../lib/catalogue/checked';
import { searchTerms } from '../../lib/catalogue/rules';
import { dressOf, embeddingOf } from '../helpers/dresses';

/** Behind the rules: whatever arrives here was let through. */
const store: Catalogue = {
  put: async () => true,
  remove: async () => true,
  get: async () => null,
  nearest: async () => [],
  list: async () => [],
  drop: async () => true,
  close: async () => undefined,
};
const catalogue = checked(store);
const refused = (option: string) => ({ code: 'invalid-option', facts: { option } });

test.each(['', 'A', 'a_b', '-a', 'a-', 'a'.repeat(33), 'a.b', '../a', 'ä'])('refuses the name %j', async (name) => {
  await expect(catalogue.get(name, 'a')).rejects.toMatchObject(refused('catalogue'));
  await expect(catalogue.drop(name)).rejects.toMatchObject(refused('catalogue'));
});

test.each(['', 'a\n', '\u0000', '\ud800', 'ü'.repeat(257)])('refuses the id %j', async (id) => {
  await expect(catalogue.get('shop', id)).rejects.toMatchObject(refused('id'));
  await expect(catalogue.put('shop', dressOf(id))).rejects.toMatchObject(refused('id'));
  await expect(catalogue.remove('shop', id, 1)).rejects.toMatchObject(refused('id'));
});

const many = (count: number, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`name-${index}`, value]));

test.each<[string, unknown]>([
  ['nothing', null],
  ['a list', []],
  ['a name with a quotation mark', { 'a"b': 1 }],
  ['an empty name', { '': 1 }],
  ['a nested value', { a: {} }],
  ['no number', { a: Number.NaN }],
  ['null', { a: null }],
  ['17 names', many(17, 1)],
  ['more than 2 kB', { a: 'x'.repeat(2041) }],
])('refuses metadata with %s', async (_, metadata) => {
  const dress = { ...dressOf('a'), metadata } as Dress;
  await expect(catalogue.put('shop', dress)).rejects.toMatchObject(refused('metadata'));
});

test('takes metadata up to every limit', async () => {
  expect(await catalogue.put('shop', dressOf('a', { metadata: { a: 'x'.repeat(2040) } }))).toBe(true);
  expect(await catalogue.put('shop', dressOf('a', { metadata: many(16, true) as Dress['metadata'] }))).toBe(true);
});

test.each([[[]], [[0, 0]], [[1, 1]], [[Number.NaN]], [Array.from({ length: 257 }, () => 257 ** -0.5)]])(
  'refuses an embedding that is no direction of at most 256 numbers',
  async (numbers) => {
    const embedding = { ...embeddingOf(1), vector: numbers };
    await expect(catalogue.put('shop', dressOf('a', { embedding }))).rejects.toMatchObject(refused('embedding'));
    await expect(catalogue.nearest('shop', { embedding, limit: 1 })).rejects.toMatchObject(refused('embedding'));
  },
);

test.each<[string, Partial<Query>]>([
  ['limit', { limit: 0 }],
  ['limit', { limit: 101 }],
  ['limit', { limit: 1.5 }],
  ['colour', { filter: { colour: 'mauve' as never } }],
  ['pattern', { filter: { pattern: 'dots' as never } }],
  ['length', { filter: { length: 'long' as never } }],
  ['metadata', { filter: { metadata: { a: 'x'.repeat(64) } } }],
])('refuses a wrong %s', async (option, part) => {
  const query = { embedding: embeddingOf(1, 0), limit: 1, ...part };
  await expect(catalogue.nearest('shop', query)).rejects.toMatchObject(refused(option));
});

test.each([-1, 0.5, Number.NaN, 2 ** 60])('refuses the time %d', async (at) => {
  await expect(catalogue.put('shop', dressOf('a', { at }))).rejects.toMatchObject(refused('at'));
});

test('a shade is found by its term, too', () => {
  expect(searchTerms([{ name: 'dark blue' }, { name: 'white' }, { name: 'blue' }])).toEqual([
    'dark blue',
    'blue',
    'white',
  ]);
});
