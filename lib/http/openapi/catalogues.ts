import { MAX_MATCHES, MAX_METADATA_BYTES } from '../../catalogue/rules';
import { COLOUR_TERMS, LENGTHS, PATTERNS } from '../../description';
import { json, OPTIONS, type Operation, OURS, options, PHOTO_PROBLEMS, problems, REQUEST_ID } from './parts';
import { base64, binary, type Json, object, ref, text } from './schemas';

const inPath = (name: string, description: string): Json => {
  return { name, in: 'path', required: true, description, schema: { type: 'string' } };
};
const NAME = inPath('name', 'Of the catalogue: 1 to 32 lower-case letters, digits and hyphens.');
const ID = inPath('id', 'Your own name for the dress: 1 to 512 bytes, slashes allowed.');

const { mode, expect } = OPTIONS;
const FINDING: Json = { mode, expect };
const METADATA: Json = {
  type: 'object',
  additionalProperties: { type: ['string', 'number', 'boolean'] },
  description: `Your own: at most 16 names, ${MAX_METADATA_BYTES} bytes as JSON. In a form or query, JSON text.`,
};
const metadata: Json = { anyOf: [METADATA, { type: 'string' }] };
const FILTER: Json = {
  limit: { type: 'integer', minimum: 1, maximum: MAX_MATCHES, default: 10, description: 'How many.' },
  colour: text(`One of ${COLOUR_TERMS.join(', ')}, or one of them after "light" or "dark".`),
  pattern: { type: 'string', enum: PATTERNS },
  length: { type: 'string', enum: LENGTHS },
  metadata: { ...metadata, description: 'Names and values that a dress must have; text of at most 63 bytes.' },
};

/** A photo in any of the three ways, or an embedding in JSON. */
function body(others: Json, beside: Json = {}): Json {
  const photo = options({ ...FINDING, ...others }, { photo: base64 });
  const known = options(others, { embedding: ref('schemas', 'Embedding'), ...beside });
  return {
    required: true,
    content: {
      'application/json': { schema: { anyOf: [photo, known] } },
      'multipart/form-data': { schema: options({ ...FINDING, ...others }, { photo: binary }) },
      'image/*': { schema: binary },
      'application/octet-stream': { schema: binary },
    },
  };
}

const REFUSALS = [
  'invalid-option',
  'no-photo',
  'malformed-body',
  'catalogues-off',
  'catalogue-version',
  'undecodable-image',
  'no-dress',
] as const;
const STORE = { ...OURS, ...problems('internal', 'model-unavailable', 'catalogue-unavailable', 'busy', 'out-of-time') };
const gone = problems('invalid-option', 'catalogues-off', 'not-found');
const nothing = { 204: { description: 'It is gone.' }, ...problems('key-read-only'), ...gone, ...STORE };

export const put: Operation = {
  operationId: 'put-dress',
  tags: ['similar'],
  summary: 'Put a dress into a catalogue',
  description: 'Cuts and describes the photo, and keeps its description and embedding; the photo is not kept.',
  parameters: [NAME, ID, REQUEST_ID],
  requestBody: body({ metadata }, { description: ref('schemas', 'Description') }),
  responses: {
    201: { description: 'It is in.', content: json(ref('schemas', 'Dress')) },
    200: { description: 'A later one stands; nothing was changed.', content: json(ref('schemas', 'Dress')) },
    ...problems('key-read-only', ...REFUSALS, ...PHOTO_PROBLEMS),
    ...STORE,
  },
};

export const getDress: Operation = {
  operationId: 'get-dress',
  tags: ['similar'],
  summary: 'A dress as a catalogue keeps it',
  parameters: [NAME, ID, REQUEST_ID],
  responses: { 200: { description: 'The dress.', content: json(ref('schemas', 'Dress')) }, ...gone, ...STORE },
};

export const removeDress: Operation = {
  operationId: 'remove-dress',
  tags: ['similar'],
  summary: 'Take a dress out of a catalogue',
  parameters: [NAME, ID, REQUEST_ID],
  responses: nothing,
};

export const list: Operation = {
  operationId: 'list-catalogues',
  tags: ['similar'],
  summary: 'Catalogues and the version of their embeddings',
  parameters: [REQUEST_ID],
  responses: {
    200: { description: 'By name.', content: json(ref('schemas', 'Catalogues')) },
    ...problems('catalogues-off'),
    ...STORE,
  },
};

export const drop: Operation = {
  operationId: 'drop-catalogue',
  tags: ['similar'],
  summary: 'Delete a catalogue with all its dresses',
  parameters: [NAME, REQUEST_ID],
  responses: nothing,
};

export const similar: Operation = {
  operationId: 'similar',
  tags: ['similar'],
  summary: 'The dresses most like one',
  description:
    'Takes a photo, which is not kept, or an embedding. The best come first; a score of 1 is the same dress.',
  parameters: [NAME, REQUEST_ID],
  requestBody: body(FILTER),
  responses: {
    200: { description: 'The dresses.', content: json(ref('schemas', 'Similar')) },
    ...problems(...REFUSALS, 'not-found', ...PHOTO_PROBLEMS),
    ...STORE,
  },
};

const share: Json = { type: 'number', minimum: 0, maximum: 1 };
const description = object({
  colours: {
    type: 'array',
    maxItems: 5,
    items: object({ name: text('Such as dark blue.'), hex: text('sRGB, as #rrggbb.'), share }),
  },
  pattern: { type: 'string', enum: PATTERNS },
  length: { type: 'string', enum: LENGTHS, description: 'unknown where shoulders or feet are not in the photo.' },
});
const kept = {
  id: { type: 'string' },
  description: ref('schemas', 'Description'),
  metadata: METADATA,
  at: { type: 'string', format: 'date-time' },
} as const;

/** What the answers are made of. */
export const catalogueSchemas = {
  Description: description,
  Described: {
    allOf: [ref('schemas', 'Description')],
    properties: { embedding: ref('schemas', 'Embedding') },
    description: 'With describe=true; with embedding=true the embedding, too.',
  },
  Embedding: object({
    version: text('Only embeddings of one version can be compared.'),
    vector: { type: 'array', maxItems: 256, items: { type: 'number' } },
  }),
  Dress: object(kept),
  Catalogues: object({ catalogues: { type: 'array', items: object({ name: NAME.schema, version: text('') }) } }),
  Similar: object({
    description: { oneOf: [ref('schemas', 'Description'), { type: 'null' }] },
    matches: { type: 'array', items: object({ ...kept, score: { type: 'number', minimum: -1, maximum: 1.001 } }) },
  }),
} as const;
