import { OPTION_NAMES } from '../../lib/options';
import { fake } from './loopback';

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { parameters?: { name: string }[]; requestBody?: object }>>;
}

test('the document names every option and every route that answers, and its references lead somewhere', async () => {
  const app = fake();
  const document = (await (await app.request('/v1/openapi.json')).json()) as Document;
  expect(document.openapi).toBe('3.1.0');
  const names = document.paths['/v1/cutouts']?.post?.parameters?.map((parameter) => parameter.name);
  expect(names).toEqual(expect.arrayContaining([...OPTION_NAMES]));
  for (const [path, methods] of Object.entries(document.paths)) {
    if (methods.get !== undefined && path !== '/v1/ready') expect((await app.request(path)).status).toBe(200);
  }
  for (const [, pointer = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    expect(
      pointer.split('/').reduce<unknown>((node, key) => (node as Record<string, unknown>)?.[key], document),
    ).toBeDefined();
  }
});

test('the example of a JSON call is a call that works', async () => {
  const app = fake();
  const text = await (await app.request('/v1/openapi.json')).text();
  const { examples } = JSON.parse(text).paths['/v1/cutouts'].post.requestBody.content['application/json'];
  const body = JSON.stringify(examples.small.value);
  const headers = { 'content-type': 'application/json' };
  expect((await app.request('/v1/cutouts', { method: 'POST', body, headers })).status).toBe(200);
});
