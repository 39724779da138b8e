import { readDocument } from '../helpers/markdown';
import { formatsTable } from '../trials/formats';

it('docs/formats.md shows what becomes of a file of each odd kind', async () => {
  const table = await formatsTable();
  expect(readDocument('docs/formats.md')).toContain(table);
  expect(table).not.toMatch(/off by|\| no /);
}, 60_000);
