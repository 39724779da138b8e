import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { createService } from '../../lib/app';
import { loadConfig } from '../../lib/config';
import { OPTION_NAMES } from '../../lib/options';
import { fake, type Loopback, listen } from '../helpers/loopback';
import { startTestS3, type TestS3 } from '../helpers/s3-server';

type Schema = Record<string, unknown>;
interface Media {
  readonly schema: Schema;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
  readonly security: readonly unknown[];
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

// The real network, and real buckets for the road of the uploads.
let s3: TestS3;
let local: Loopback;
let document: Document;
beforeAll(async () => {
  s3 = await startTestS3();
  const { uploads, cutouts } = s3.buckets;
  const config = loadConfig({
    DRESSCUT_UPLOADS_BUCKET: uploads,
    DRESSCUT_CUTOUTS_BUCKET: cutouts,
    DRESSCUT_S3_ENDPOINT: s3.url,
  });
  local = await listen(createService(config, { keys: 'off', maxAnswerBytes: null }));
  document = (await (await fetch(`${local.url}/v1/openapi.json`)).json()) as Document;
});
afterAll(async () => {
  await local?.close();
  await s3?.close();
});

/** Every operation with its address. */
function operations(): { path: string; method: string; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
}

/** A schema with everything that it refers to in its place. */
function whole(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(whole);
  if (schema === null || typeof schema !== 'object') return schema;
  const { $ref } = schema as { $ref?: string };
  if ($ref !== undefined) return whole(at($ref));
  return Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, whole(value)]));
}

function at(pointer: string): unknown {
  const names = pointer.replace('#/', '').split('/');
  return names.reduce<unknown>((node, name) => (node as Schema)?.[name], document);
}

/** What an answer holds, checked against what the document says of this status and type. */
async function expectDocumented(operation: Operation, answer: Response): Promise<void> {
  const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
  const media = operation.responses[answer.status]?.content?.[type];
  expect([operation.operationId, answer.status, type, media !== undefined]).toEqual([
    operation.operationId,
    answer.status,
    type,
    true,
  ]);
  if (!type.endsWith('json')) return;
  const schema = z.fromJSONSchema(whole(media?.schema) as Parameters<typeof z.fromJSONSchema>[0]);
  expect(schema.safeParse(await answer.json()).error?.issues).toBeUndefined();
}

/** A body in the type that the document lists, from the value of its example. */
function bodyOf(type: string, value: unknown): { body: string | URLSearchParams; headers: Record<string, string> } {
  if (type === 'application/json') return { body: JSON.stringify(value), headers: { 'content-type': type } };
  return { body: new URLSearchParams(value as Record<string, string>), headers: {} };
}

test('a published validator finds the document valid, with keys and without', async () => {
  const locked = await fake({ keys: [createHash('sha256').update('key').digest('hex')] }).request('/v1/openapi.json');
  // An ES module, which jest does not load; node does.
  const validator = require.resolve('@seriousme/openapi-schema-validator');
  const script = `
    import { Validator } from ${JSON.stringify(validator)};
    const validator = new Validator();
    let text = '';
    for await (const chunk of process.stdin) text += chunk;
    process.stdout.write(JSON.stringify({ ...(await validator.validate(JSON.parse(text))), version: validator.version }));
  `;
  for (const described of [document, await locked.json()]) {
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { timeout: 30_000 });
    run.child.stdin?.end(JSON.stringify(described));
    expect(JSON.parse((await run).stdout)).toEqual({ valid: true, version: '3.1' });
  }
});

test('the document names every route with its method, every option, and leads nowhere that is not there', () => {
  const listed = operations().map(({ path, method }) => `${method} ${path}`);
  const routed = fake()
    .routes.filter(({ method, path }) => method !== 'ALL' && !path.startsWith('/page/'))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}')}`);
  expect(listed.sort()).toEqual([...new Set(routed)].sort());
  for (const path of ['/v1/cutouts', '/v1/uploads']) {
    const names = document.paths[path]?.post?.parameters?.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...OPTION_NAMES]));
  }
  for (const [, pointer = ''] of JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)) {
    expect([pointer, at(pointer) !== undefined]).toEqual([pointer, true]);
  }
  const ids = operations().map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test('every documented example is a call that works, and its answer is as documented', async () => {
  let examples = 0;
  for (const { path, method, operation } of operations()) {
    for (const [type, { schema, examples: listed = {} }] of Object.entries(operation.requestBody?.content ?? {})) {
      for (const [name, { value }] of Object.entries(listed)) {
        examples += 1;
        const input = z.fromJSONSchema(whole(schema) as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value);
        expect([path, name, input.error?.issues]).toEqual([path, name, undefined]);
        for (const accept of ['application/json', '*/*']) {
          const { body, headers } = bodyOf(type, value);
          const answer = await fetch(local.url + path, { method, body, headers: { ...headers, accept } });
          expect([path, name, accept, answer.ok]).toEqual([path, name, accept, true]);
          await expectDocumented(operation, answer);
        }
      }
    }
  }
  expect(examples).toBeGreaterThanOrEqual(7);
});

test('every address that takes no body answers as documented', async () => {
  const reads = operations().filter(({ method, path }) => method === 'GET' && !path.includes('{'));
  for (const { path, operation } of reads) await expectDocumented(operation, await fetch(local.url + path));
  expect(reads.length).toBeGreaterThanOrEqual(6);
});

test('an upload that is waited for, an unknown id and every kind of refusal are documented', async () => {
  const { post: open } = document.paths['/v1/uploads'] ?? {};
  const { get: look } = document.paths['/v1/cutouts/{id}'] ?? {};
  const { post: cut } = document.paths['/v1/cutouts'] ?? {};
  const { post: removebg } = document.paths['/v1.0/removebg'] ?? {};
  if (!open || !look || !cut || !removebg) throw new Error('an address is missing');
  const call = (path: string, init?: RequestInit) => fetch(local.url + path, init);
  const { poll } = (await (await call('/v1/uploads', { method: 'POST' })).json()) as { poll: string };
  await expectDocumented(look, await call(poll));
  await expectDocumented(look, await call('/v1/cutouts/never'));
  await expectDocumented(open, await call('/v1/uploads?colour=red', { method: 'POST' }));
  await expectDocumented(cut, await call('/v1/cutouts', { method: 'POST', body: 'hello' }));
  await expectDocumented(cut, await call('/v1/cutouts', { method: 'POST' }));
  await expectDocumented(cut, await call('/v1/cutouts', { method: 'POST', headers: { accept: 'audio/mp3' } }));
  await expectDocumented(removebg, await call('/v1.0/removebg', { method: 'POST' }));
});
