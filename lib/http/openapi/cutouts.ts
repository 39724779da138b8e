import { LENGTHS, PATTERNS } from '../../description';
import { VERDICTS } from '../../findings';
import {
  AGAIN,
  described,
  IN_QUERY,
  json,
  LASTING,
  OPTIONS,
  type Operation,
  OURS,
  options,
  PHOTO_PROBLEMS,
  pictures,
  problems,
  REQUEST_ID,
} from './parts';
import { base64, binary, ref, text } from './schemas';

/**
 * `POST /v1/cutouts`.
 *
 * @param photo for the examples, as base64
 */
export const cutout = (photo: string): Operation => ({
  operationId: 'cut-out',
  tags: ['cut'],
  summary: 'Cut the dress out of a photo',
  description:
    'Options stand in the query, or beside the photo in a form or in JSON. Accept chooses the answer: PNG where it is left open, findings and base64 for application/json.',
  parameters: [...IN_QUERY, REQUEST_ID, ...AGAIN],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: options(OPTIONS, { photo: base64 }),
        examples: {
          cropped: { value: { photo, expect: 'dress', crop: true } },
          onWhite: { value: { photo, expect: 'dress', format: 'jpeg', background: 'white', size: 64 } },
        },
      },
      'multipart/form-data': { schema: options(OPTIONS, { photo: binary }) },
      'image/*': { schema: binary },
      'application/octet-stream': { schema: binary },
    },
  },
  responses: {
    200: {
      description: 'The dress.',
      headers: {
        ...LASTING,
        'X-Dresscut-Verdict': {
          description: 'ok, or review: look at it.',
          schema: { type: 'string', enum: VERDICTS },
        },
        'X-Dresscut-Reasons': described('Why it is review, comma-separated; left out where nothing is in doubt.'),
        'X-Dresscut-Advice': described(
          'How a better photo could be taken, comma-separated; left out where nothing is known.',
        ),
        'X-Dresscut-Dresses': described('How many dresses the photo shows.'),
        'X-Dresscut-Turned': described('Degrees clockwise that the photo lies turned: 0, 90, 180 or 270.'),
        'X-Dresscut-Presence': described('Probability that the photo shows a dress, 0 to 1.'),
        'X-Dresscut-Confidence': described('How sure the shape is, 0 to 1.'),
        'X-Dresscut-Coverage': described("Share of the photo's area that is cut out."),
        'X-Dresscut-Skin-Leak': described('Share of the cut-out that the network calls skin.'),
        'X-Dresscut-Box': described('left,top,width,height of the dress in pixels of the upright photo.'),
        'X-Dresscut-Photo': described('width,height,format of the upright photo.'),
        'X-Dresscut-Colours': described('With describe=true: name, hex and share of each colour, comma-separated.'),
        'X-Dresscut-Pattern': described(`With describe=true: ${PATTERNS.join(' or ')}.`),
        'X-Dresscut-Length': described(`With describe=true: ${LENGTHS.join(', ')}.`),
        'X-Dresscut-Model': described('name/version'),
      },
      content: {
        ...json(ref('schemas', 'Cutout')),
        ...pictures,
        'image/svg+xml': { schema: text("The outline, in the photo's own pixels.") },
      },
    },
    ...problems('invalid-option', 'no-photo', 'malformed-body', 'not-acceptable', 'unchanged'),
    ...problems(...PHOTO_PROBLEMS, 'undecodable-image', 'no-dress'),
    ...OURS,
  },
});
