import { STATUS } from '../../errors';
import { ADVICE, REASONS, VERDICTS } from '../../findings';

export type Json = Readonly<Record<string, unknown>>;

export const ref = (kind: 'schemas' | 'responses', name: string): Json => ({ $ref: `#/components/${kind}/${name}` });

/** Nothing is left out of an answer: what may be missing is `null`. */
export function object(properties: Json, rest: Json = {}): Json {
  return { type: 'object', required: Object.keys(properties), properties, ...rest };
}

/** As {@link object}, with members that are there only where they were asked for. */
function optional(asked: Json, properties: Json): Json {
  return { ...object(properties), properties: { ...properties, ...asked } };
}

export const text = (description: string): Json => ({ type: 'string', description });
export const base64: Json = { type: 'string', contentEncoding: 'base64' };
export const binary: Json = { type: 'string', contentMediaType: 'application/octet-stream', format: 'binary' };

const share = (description: string): Json => ({ type: 'number', minimum: 0, maximum: 1, description });
const pixels: Json = { type: 'integer', minimum: 0 };
const bytes: Json = { type: 'integer', minimum: 1 };
const time = (description: string): Json => ({ type: 'string', format: 'date-time', description });
const uri = (description: string): Json => ({ type: 'string', format: 'uri', description });
const contentType: Json = { type: 'string', enum: ['image/png', 'image/webp', 'image/jpeg'] };
const id = text('Given by POST /v1/uploads; nobody can guess it.');

const link = object({
  url: uri('Fetch it with GET and nothing else: no key, no header.'),
  contentType,
  width: pixels,
  height: pixels,
  bytes,
});

const box = object({ left: pixels, top: pixels, width: pixels, height: pixels });

/** What the answers are made of. */
export const schemas = {
  Findings: optional(
    { description: ref('schemas', 'Described') },
    {
      verdict: { type: 'string', enum: VERDICTS, description: 'ok, or review: look at it.' },
      reasons: {
        type: 'array',
        items: { type: 'string', enum: REASONS },
        description:
          'Why it is review: presence, shape or skin is in doubt, the photo lies turned, shows several dresses.',
      },
      advice: {
        type: 'array',
        items: { type: 'string', enum: ADVICE },
        description: 'A better photo: closer, more light, all of the dress in the frame, one person alone, upright.',
      },
      presence: share('Probability that the photo shows a dress.'),
      confidence: share('How sure the shape is.'),
      coverage: share("Share of the photo's area that is cut out."),
      skinLeak: share('Share of the cut-out that the network calls skin.'),
      box,
      dresses: {
        type: 'array',
        items: object({
          box,
          coverage: share("Share of the photo's area."),
          confidence: share('How sure its shape is.'),
        }),
        description: 'Each dress, the largest first: which=2 gives the second.',
      },
      turned: {
        type: 'integer',
        enum: [0, 90, 180, 270],
        description: 'Degrees clockwise that the photo lies turned.',
      },
      photo: object({ width: pixels, height: pixels, format: { type: 'string' } }),
      model: object({ name: { type: 'string' }, version: { type: 'string' } }),
    },
  ),
  Cutout: object({
    findings: ref('schemas', 'Findings'),
    image: object({ contentType, width: pixels, height: pixels, base64 }),
  }),
  Ticket: object({
    id,
    upload: object({
      url: uri('Post the form here.'),
      fields: {
        type: 'object',
        additionalProperties: { type: 'string' },
        description: 'Fields of the form, exactly so; the photo follows them, last, as the field file.',
      },
      method: { type: 'string', enum: ['POST'] },
      expires: time('Start the upload before.'),
      maxBytes: { ...bytes, description: 'Of the photo.' },
    }),
    poll: text('GET this address until it no longer answers 202.'),
  }),
  Pending: {
    ...object({ id, state: { type: 'string', enum: ['waiting-for-upload', 'processing'] } }),
    properties: {
      id,
      state: { type: 'string', enum: ['waiting-for-upload', 'processing'] },
      expires: time('Of the ticket, while the upload is waited for.'),
    },
  },
  Done: object({
    id,
    state: { type: 'string', enum: ['done'] },
    findings: ref('schemas', 'Findings'),
    cutout: link,
    mask: { oneOf: [link, { type: 'null' }], description: 'In the frame of the cut-out.' },
    expires: time('Of the links; another GET here gives new ones.'),
  }),
  Problem: object({
    type: uri('A page that explains the code.'),
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 503 },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(STATUS) },
    retryable: { type: 'boolean', description: 'Whether the same call can succeed later.' },
    requestId: { type: 'string' },
    facts: { type: 'object', additionalProperties: true, description: 'What was found and which limit it broke.' },
  }),
  RemovebgResult: object({
    data: object({
      result_b64: base64,
      foreground_top: pixels,
      foreground_left: pixels,
      foreground_width: pixels,
      foreground_height: pixels,
    }),
  }),
  RemovebgErrors: object({
    errors: { type: 'array', items: object({ title: { type: 'string' }, code: { type: 'string' } }) },
  }),
  Model: {
    ...object({ name: { type: 'string' }, version: { type: 'string' }, sha256: { type: 'string' } }),
    additionalProperties: true,
    description: 'Also engine, manifest and card.',
  },
} as const;
