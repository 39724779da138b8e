import {
  described,
  IN_QUERY,
  json,
  LASTING,
  OPTIONS,
  type Operation,
  OURS,
  options,
  PHOTO_PROBLEMS,
  problems,
  REQUEST_ID,
} from './parts';
import { ref } from './schemas';

/** `POST /v1/uploads`. */
export const upload: Operation = {
  operationId: 'open-upload',
  tags: ['cut'],
  summary: 'Get a form to upload a large photo with',
  description:
    'Options stand in the query, in a form or in JSON. Post the answer\'s fields and the photo (last, as "file") to ' +
    'upload.url, then ask at poll what became of it.',
  parameters: [...IN_QUERY, REQUEST_ID],
  requestBody: {
    required: false,
    content: {
      'application/json': {
        schema: options(OPTIONS),
        examples: {
          cropped: { value: { crop: true, format: 'webp' } },
          defaults: { value: {} },
        },
      },
      'application/x-www-form-urlencoded': {
        schema: options(OPTIONS),
        examples: { onWhite: { value: { format: 'jpeg', background: 'white' } } },
      },
      'multipart/form-data': { schema: options(OPTIONS) },
    },
  },
  responses: {
    201: {
      description: 'The form, and where to ask.',
      headers: { Location: described('As poll.'), 'X-Request-Id': LASTING['X-Request-Id'] },
      content: json(ref('schemas', 'Ticket')),
    },
    ...problems('invalid-option', 'malformed-body', 'uploads-off', 'too-large', 'unsupported-format'),
    ...OURS,
  },
};

/** `GET /v1/cutouts/{id}`. */
export const status: Operation = {
  operationId: 'upload-result',
  tags: ['cut'],
  summary: 'What became of an upload',
  parameters: [
    { name: 'id', in: 'path', required: true, description: 'From POST /v1/uploads.', schema: { type: 'string' } },
    REQUEST_ID,
  ],
  responses: {
    200: { description: 'The dress is cut out.', content: json(ref('schemas', 'Done')) },
    202: {
      description: 'Nothing yet.',
      headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } },
      content: json(ref('schemas', 'Pending')),
    },
    ...problems('invalid-option', 'not-found', 'uploads-off', 'upload-expired'),
    ...problems(...PHOTO_PROBLEMS, 'undecodable-image', 'no-dress'),
    ...OURS,
  },
};
