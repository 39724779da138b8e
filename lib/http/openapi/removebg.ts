import { removebgSchema } from '../removebg/options';
import { AGAIN, described, json, LASTING, options, pictures, propertiesOf, REQUEST_ID } from './parts';
import { base64, binary, type Json, ref } from './schemas';

const REMOVEBG_OPTIONS = propertiesOf(removebgSchema);
const refusal = (description: string): Json => ({ description, content: json(ref('schemas', 'RemovebgErrors')) });

/**
 * `POST /v1.0/removebg`: its own answers for keys that do not open, as everything else.
 *
 * @param photo for the examples, as base64
 */
export const removebg = (photo: string): Json => ({
  operationId: 'removebg',
  tags: ['cut'],
  summary: "For clients of remove.bg's API",
  description:
    'Cuts the dress out, as remove.bg cut any foreground; parameters, headers and errors are those of there.',
  parameters: [REQUEST_ID, ...AGAIN],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: options(REMOVEBG_OPTIONS, { image_file_b64: base64 }),
        examples: {
          cropped: { value: { image_file_b64: photo, size: 'auto', crop: true } },
          onColour: { value: { image_file_b64: photo, size: 'auto', bg_color: '81d4fa', format: 'jpg' } },
          apart: { value: { image_file_b64: photo, size: 'auto', format: 'zip' } },
        },
      },
      'multipart/form-data': {
        schema: {
          ...options({ image_file: binary, image_file_b64: base64, ...REMOVEBG_OPTIONS }),
          description: 'The photo is one of image_file and image_file_b64.',
        },
      },
      'application/x-www-form-urlencoded': { schema: options(REMOVEBG_OPTIONS, { image_file_b64: base64 }) },
    },
  },
  responses: {
    200: {
      description: 'The dress.',
      headers: {
        ...LASTING,
        'X-Type': described('product'),
        'X-Width': described('Of the result, in pixels.'),
        'X-Height': described('Of the result, in pixels.'),
        'X-Credits-Charged': described('0: nothing is counted.'),
        'X-Foreground-Top': described("Of the dress, in the photo's pixels."),
        'X-Foreground-Left': described("Of the dress, in the photo's pixels."),
        'X-Foreground-Width': described("Of the dress, in the photo's pixels."),
        'X-Foreground-Height': described("Of the dress, in the photo's pixels."),
      },
      content: { ...pictures, 'application/zip': { schema: binary }, ...json(ref('schemas', 'RemovebgResult')) },
    },
    400: refusal('The call, the parameters or the photo are wrong, or it shows no dress (unknown_foreground).'),
    403: refusal('auth_failed: the key is missing or wrong.'),
    412: refusal('unchanged: the answer is the one that If-None-Match names.'),
    429: refusal('rate_limit_exceeded: too much at once; Retry-After says when to come back.'),
    500: refusal('A fault of ours.'),
    503: refusal('The network is not there, or the time was up.'),
  },
});
