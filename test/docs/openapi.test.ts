import { publishedOpenApi } from '../../npm/openapi';
import { readDocument } from '../helpers/markdown';

test('docs/openapi.json is what the code says; npm run openapi writes it anew', () => {
  expect(JSON.parse(readDocument('docs/openapi.json'))).toEqual(JSON.parse(publishedOpenApi()));
});
