import { z } from 'zod';
import { STATUS } from '../errors';
import { VERDICTS } from '../findings';
import { describeOption, OPTION_NAMES, optionsSchema } from '../options';
import type { Limits } from './cutouts';
import { GOLDEN_PHOTO } from './golden-photo';

type Json = Readonly<Record<string, unknown>>;

const ref = (kind: string, name: string): Json => ({ $ref: `#/components/${kind}/${name}` });
const number = (description: string): Json => ({ type: 'number', minimum: 0, maximum: 1, description });
const pixels: Json = { type: 'integer', minimum: 0 };
const object = (properties: Json, optional: readonly string[] = []): Json => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});

/** The service as an OpenAPI 3.1 document; its options come from the schema that checks them. */
export function openApi(about: { version: string; limits: Limits; keyed: boolean }): Json {
  const { version, limits, keyed } = about;
  const page = (summary: string) => get(summary, { 'text/html': { schema: { type: 'string' } } });
  const json = (summary: string, schema: Json) => get(summary, { 'application/json': { schema } });
  const status = (word: string) => object({ status: { const: word } });
  return {
    openapi: '3.1.0',
    info: {
      title: 'dresscut',
      version,
      description: `Bytes of a photo in, the dress cut out of it. Photos up to ${limits.maxBytes / 1e6} MB; nothing of them is stored.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: {
      '/': page('A page to try it on'),
      '/v1/cutouts': { post: { ...cutout(), security: keyed ? [{ ApiKey: [] }] : [] } },
      '/v1/health': json('The process answers', status('ok')),
      '/v1/ready': json('The network is loaded and cuts its golden photo', status('ready')),
      '/v1/model': json('The network that answers: name, version, checksum, manifest and card', { type: 'object' }),
      '/v1/openapi.json': json('This document', { type: 'object' }),
      '/v1/problems': page('Every problem code with its meaning'),
    },
    components: {
      schemas: { Cutout: cutoutSchema, Findings: findingsSchema, Problem: problemSchema, Options: optionsJson() },
      responses: { Problem: problemAnswer },
      securitySchemes: { ApiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' } },
    },
  };
}

function get(summary: string, content: Json): Json {
  const operationId = summary.split(/\W+/).slice(0, 4).join('-').toLowerCase();
  const responses = { 200: { description: summary, content }, default: ref('responses', 'Problem') };
  return { get: { operationId, summary, security: [], responses } };
}

function optionsJson(): { properties: Record<string, Record<string, unknown>> } {
  const { $schema: _, ...schema } = z.toJSONSchema(optionsSchema, { io: 'input' });
  return schema as ReturnType<typeof optionsJson>;
}

/** An option in a query is text: `null` cannot be written there, leaving it out can. */
function parameters(): Json[] {
  const { properties } = optionsJson();
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  });
  const query = OPTION_NAMES.map((name) => {
    const { description, anyOf, default: fallback, ...rest } = properties[name] ?? {};
    const schema = Array.isArray(anyOf) ? anyOf[0] : { ...rest, default: fallback };
    return { name, in: 'query', description: `${description} Takes ${describeOption(name).expected}.`, schema };
  });
  return [
    ...query,
    header('X-Request-Id', 'Repeated in the answer and in problems; 1 to 128 of A-Z a-z 0-9 _ . : -'),
    header('If-None-Match', 'The ETag of an earlier answer: 304 when the same would come out.'),
    header('Idempotency-Key', 'Accepted. A repeated call gives the same bytes with or without it.'),
  ];
}

function cutout(): Json {
  const { properties } = optionsJson();
  const file = { type: 'string', contentMediaType: 'application/octet-stream', format: 'binary' };
  const binary = { schema: file };
  const withPhoto = (photo: Json): Json => ({ ...object({ photo }), properties: { photo, ...properties } });
  const base64 = { type: 'string', contentEncoding: 'base64' };
  const example = { photo: GOLDEN_PHOTO, expect: 'dress', crop: true };
  const images = ['image/png', 'image/webp', 'image/jpeg'].map((type) => [type, binary]);
  const described = (description: string) => ({ description, schema: { type: 'string' } });
  return {
    operationId: 'cut-out',
    summary: 'Cut the dress out of a photo',
    description: 'Options stand in the query, or beside the photo in a form or in JSON. Accept chooses the answer.',
    parameters: parameters(),
    requestBody: {
      required: true,
      content: {
        'image/*': binary,
        'application/octet-stream': binary,
        'multipart/form-data': { schema: withPhoto(file) },
        'application/json': { schema: withPhoto(base64), examples: { small: { value: example } } },
      },
    },
    responses: {
      200: {
        description: 'The dress.',
        headers: {
          ETag: described('Strong, over photo, options and network.'),
          'Server-Timing': described('Milliseconds of each step.'),
          'X-Request-Id': described('The id of this call.'),
          'X-Dresscut-Verdict': { description: 'ok, or review: look at it.', schema: { enum: VERDICTS } },
          'X-Dresscut-Confidence': described('How sure the shape is, 0 to 1.'),
          'X-Dresscut-Box': described('left,top,width,height of the dress in pixels of the upright photo.'),
          'X-Dresscut-Model': described('name/version'),
        },
        content: {
          ...Object.fromEntries(images),
          'application/json': { schema: ref('schemas', 'Cutout') },
          'image/svg+xml': { schema: { type: 'string', description: "The outline, in the photo's own pixels." } },
        },
      },
      304: { description: 'The answer with the ETag given is still the answer.' },
      default: ref('responses', 'Problem'),
    },
  };
}

const findingsSchema = object({
  verdict: { enum: VERDICTS },
  presence: number('Probability that the photo shows a dress.'),
  confidence: number('How sure the shape is.'),
  coverage: number("Share of the photo's area that is cut out."),
  skinLeak: number('Share of the cut-out that the network calls skin.'),
  box: object({ left: pixels, top: pixels, width: pixels, height: pixels }),
  photo: object({ width: pixels, height: pixels, format: { type: 'string' } }),
  model: object({ name: { type: 'string' }, version: { type: 'string' } }),
});

const cutoutSchema = object({
  findings: ref('schemas', 'Findings'),
  image: object({
    contentType: { enum: ['image/png', 'image/webp', 'image/jpeg'] },
    width: pixels,
    height: pixels,
    base64: { type: 'string', contentEncoding: 'base64' },
  }),
});

const problemSchema = object({
  type: { type: 'string', format: 'uri' },
  title: { type: 'string' },
  status: { type: 'integer', minimum: 400, maximum: 503 },
  detail: { type: 'string' },
  code: { enum: Object.keys(STATUS) },
  retryable: { type: 'boolean', description: 'Whether the same call can succeed later.' },
  requestId: { type: 'string' },
  facts: { type: 'object', description: 'What was found and which limit it broke.' },
});

const problemAnswer = {
  description: 'RFC 9457 problem.',
  content: { 'application/problem+json': { schema: ref('schemas', 'Problem') } },
};
