import { z } from 'zod';
import { type Code, STATUS } from '../../errors';
import { describeOption, OPTION_NAMES, optionsSchema } from '../../options';
import { binary, type Json, object, ref } from './schemas';

/** What one address does with one method. */
export interface Operation extends Json {
  readonly responses: Json;
}

export const json = (schema: Json, example?: unknown): Json => ({
  'application/json': { schema, ...(example === undefined ? {} : { example }) },
});

/** One answer for each status, naming the codes that it can carry. */
export function problems(...codes: readonly Code[]): Json {
  const content = { 'application/problem+json': { schema: ref('schemas', 'Problem') } };
  const all = [...new Set(codes.map((code) => STATUS[code]))];
  return Object.fromEntries(
    all.map((status) => {
      const words = codes.filter((code) => STATUS[code] === status);
      return [status, { description: `Problem: ${words.join(', ')}.`, content }];
    }),
  );
}

export const OURS = problems('internal', 'model-unavailable', 'busy', 'out-of-time');

/** What the schema that checks says of each option, as JSON Schema. */
export function propertiesOf(schema: z.ZodType): Record<string, Record<string, unknown>> {
  const { properties } = z.toJSONSchema(schema, { io: 'input' }) as { properties: ReturnType<typeof propertiesOf> };
  return properties;
}

export const OPTIONS = propertiesOf(optionsSchema);

/** Options and nothing else, beside what `others` names. */
export function options(properties: Json, others: Json = {}): Json {
  return object(others, { properties: { ...others, ...properties }, additionalProperties: false });
}

const header = (name: string, description: string): Json => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string' },
});
export const REQUEST_ID = header(
  'X-Request-Id',
  'Repeated in the answer and in problems; 1 to 128 of A-Z a-z 0-9 _ - =',
);
export const AGAIN = [
  header('If-None-Match', 'The ETag of an earlier answer: 412 when the same would come out.'),
  header('Idempotency-Key', 'Accepted. A repeated call gives the same bytes with or without it.'),
];

/** An option in a query is text: `null` cannot be written there, leaving it out can. */
export const IN_QUERY = OPTION_NAMES.map((name) => {
  const { description, anyOf, default: fallback, ...rest } = OPTIONS[name] ?? {};
  // A list stands in a query as the text of its JSON.
  const text = rest.type === 'array' ? { type: 'string', default: '' } : { ...rest, default: fallback };
  const schema = Array.isArray(anyOf) ? anyOf[0] : text;
  return { name, in: 'query', description: `${description} Takes ${describeOption(name).expected}.`, schema };
});

export const described = (description: string): Json => ({ description, schema: { type: 'string' } });
export const LASTING = {
  ETag: described('Strong, over photo, options and network.'),
  'Server-Timing': described('Milliseconds of each step.'),
  'X-Request-Id': described('The id of this call.'),
};
export const pictures = Object.fromEntries(
  ['image/png', 'image/webp', 'image/jpeg'].map((type) => [type, { schema: binary }]),
);
export const PHOTO_PROBLEMS = ['too-large', 'too-many-pixels', 'unsupported-format', 'too-small'] as const;
