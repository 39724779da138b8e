import { z } from 'zod';
import type { Colour } from './colour';
import { DresscutError } from './errors';
import { lower, show, toBackground, toBoolean, toList, toNumber, toShare, toWhole } from './option-values';
import { STROKES_EXPECTED, type Stroke, strokesSchema } from './strokes';

export type { Colour } from './colour';

/**
 * What a caller may ask for, with one name everywhere: on the command line, in a query, in an object's
 * metadata. Transport parses strings into this; `cutOut` takes nothing else.
 */
export const OUTPUTS = ['cutout', 'mask', 'overlay'] as const;
export const FORMATS = ['png', 'webp', 'jpeg'] as const;
export const MODES = ['default', 'article'] as const;
export const EXPECTS = ['auto', 'dress'] as const;

export interface CutOutOptions {
  /** `cutout` RGBA, `mask` 8-bit alpha, `overlay` the photo with the dress tinted and outlined. */
  readonly output: (typeof OUTPUTS)[number];
  readonly format: (typeof FORMATS)[number];
  /** Cut the frame down to the dress, plus `margin`. */
  readonly crop: boolean;
  /** Room around a cropped dress, as a share of the longer side of its box, 0 to 1. */
  readonly margin: number;
  /** `null` is transparent. JPEG and `no alpha` outputs need a colour. */
  readonly background: Colour | null;
  /** `default`: network, then GrabCut. `article`: GrabCut at 224x224, then network. */
  readonly mode: (typeof MODES)[number];
  /** `auto`: decide whether a dress is worn. `dress`: the caller knows that one is. */
  readonly expect: (typeof EXPECTS)[number];
  /** From which presence on a photo, or one of its people, is cut, 0 to 1; `null`: our own. A photo's is 0 for `dress`. */
  readonly presence: number | null;
  /** Which dress, where there are several: all in one picture, the largest (`main`), or one by its number from 1. */
  readonly which: 'all' | 'main' | number;
  /** Say what the dress looks like: colours, pattern, length. */
  readonly describe: boolean;
  /** Also give the embedding, by which its like is found; describes it, too. */
  readonly embedding: boolean;
  /** Longest side of the result in pixels, 16 to 10000; `null` keeps the photo's own scale. Never enlarges. */
  readonly size: number | null;
  /** Where the caller corrects the cut; none for the cut as it is found. */
  readonly strokes: readonly Stroke[];
}

export const DEFAULTS: CutOutOptions = {
  output: 'cutout',
  format: 'png',
  crop: false,
  margin: 0.05,
  background: null,
  mode: 'default',
  expect: 'auto',
  presence: null,
  which: 'all',
  size: null,
  strokes: [],
  describe: false,
  embedding: false,
};

/** What an option expects, as it stands in the help and in every error about it. */
const wording = z.registry<{ expected: string }>();

const oneOf = (words: readonly string[]) => `one of ${words.join(', ')}`;

/**
 * The options as text: from a command line, a query, an object's metadata. Values that already have their
 * type (from JSON) pass as well. The one source of names, allowed values, defaults and descriptions;
 * `z.toJSONSchema(optionsSchema, { io: 'input' })` is what OpenAPI shows.
 * @internal
 */
export const optionsSchema = z.strictObject({
  output: z
    .preprocess(lower, z.enum(OUTPUTS))
    .prefault(DEFAULTS.output)
    .describe('The dress cut out, its mask, or the photo with the dress tinted and outlined.')
    .register(wording, { expected: oneOf(OUTPUTS) }),
  format: z
    .preprocess((value) => (lower(value) === 'jpg' ? 'jpeg' : lower(value)), z.enum(FORMATS))
    .prefault(DEFAULTS.format)
    .describe('File format of the result. A cut-out as JPEG needs a background.')
    .register(wording, { expected: oneOf(FORMATS) }),
  crop: z
    .preprocess(toBoolean, z.boolean())
    .prefault(DEFAULTS.crop)
    .describe('Cut the frame down to the dress.')
    .register(wording, { expected: 'true or false' }),
  margin: z
    .preprocess(toShare, z.number().min(0).max(1))
    .prefault(DEFAULTS.margin)
    .describe('Room around a cropped dress, as a share of its longer side.')
    .register(wording, { expected: 'a share from 0 to 1, or a percentage such as 10%' }),
  background: z
    .preprocess((value) => (value === null ? 'transparent' : lower(value)), z.string().transform(toBackground))
    .prefault('transparent')
    .describe('What stands behind a cut-out.')
    .register(wording, { expected: 'transparent, or a colour such as white, #fafafa or 250,250,250' }),
  mode: z
    .preprocess(lower, z.enum(MODES))
    .prefault(DEFAULTS.mode)
    .describe('default: the network, then GrabCut. article: GrabCut at 224x224, then the network.')
    .register(wording, { expected: oneOf(MODES) }),
  expect: z
    .preprocess(lower, z.enum(EXPECTS))
    .prefault(DEFAULTS.expect)
    .describe('auto: decide whether a dress is worn at all. dress: one is, find its shape.')
    .register(wording, { expected: oneOf(EXPECTS) }),
  presence: z
    .preprocess((value) => (lower(value) === 'auto' ? null : toShare(value)), z.number().min(0).max(1).nullable())
    .prefault(DEFAULTS.presence)
    .describe('How probable a dress must be for a photo, or one of its people, to be cut out; unset, as we see fit.')
    .register(wording, { expected: 'auto, a share from 0 to 1, or a percentage such as 30%' }),
  which: z
    .preprocess((value) => toNumber(lower(value)), z.union([z.enum(['all', 'main']), z.int().min(1).max(16)]))
    .prefault(DEFAULTS.which)
    .describe('Where there are several dresses: all in one picture, the largest (main), or one by its number from 1.')
    .register(wording, { expected: 'all, main, or the number of a dress from 1 to 16' }),
  size: z
    .preprocess(toWhole, z.int().min(16).max(10_000).nullable())
    .prefault(DEFAULTS.size)
    .describe("Longest side of the result in pixels; without it, the photo's own scale. Never enlarges.")
    .register(wording, { expected: 'a whole number of pixels from 16 to 10000, or original' }),
  strokes: z
    .preprocess(toList, strokesSchema)
    .prefault([])
    .describe('Where the caller corrects the cut: what to keep and what to drop, in pixels of the upright photo.')
    .register(wording, { expected: STROKES_EXPECTED }),
  describe: z
    .preprocess(toBoolean, z.boolean())
    .prefault(DEFAULTS.describe)
    .describe(
      'Say what the dress looks like: colours, pattern, length. Of several, the largest, or the one that which names.',
    )
    .register(wording, { expected: 'true or false' }),
  embedding: z
    .preprocess(toBoolean, z.boolean())
    .prefault(DEFAULTS.embedding)
    .describe('Also give the numbers by which its like is found.')
    .register(wording, { expected: 'true or false' }),
});

/** @internal */
export type OptionName = keyof typeof optionsSchema.shape;

/**
 * Every option's name, in the order in which help lists them.
 * @internal
 */
export const OPTION_NAMES = Object.keys(optionsSchema.shape) as readonly OptionName[];

/**
 * What help says of one option: a sentence, and the values that it takes.
 * @internal
 */
export function describeOption(name: OptionName): { description: string; expected: string } {
  const schema = optionsSchema.shape[name];
  return { description: schema.description ?? '', expected: wording.get(schema)?.expected ?? '' };
}

/**
 * What a caller asks for, checked. Names that are missing or `undefined` take their default.
 *
 * @param record option names to values, as text or as their own type
 * @throws DresscutError `invalid-option`, with a sentence that names the option, what it expects and what it got
 */
export function parseOptions(record: Readonly<Record<string, unknown>>): CutOutOptions {
  const parsed = optionsSchema.safeParse(record);
  if (!parsed.success) throw refusal(parsed.error.issues[0], record);
  const { mode, strokes } = parsed.data;
  if (mode === 'article' && strokes.length > 0) {
    const message = 'Strokes correct the default mode; the article mode takes none.';
    throw new DresscutError('invalid-option', message, { facts: { option: 'strokes' } });
  }
  return requireBackground(parsed.data);
}

/** @throws DresscutError `invalid-option` for a cut-out as JPEG without a background */
export function requireBackground(options: CutOutOptions): CutOutOptions {
  const { output, format, background } = options;
  if (output !== 'cutout' || format !== 'jpeg' || background !== null) return options;
  const message = 'JPEG has no transparency: give a background such as white, or choose the format png or webp.';
  throw new DresscutError('invalid-option', message, { facts: { option: 'background' } });
}

function refusal(issue: z.core.$ZodIssue | undefined, record: Readonly<Record<string, unknown>>): DresscutError {
  if (issue?.code === 'unrecognized_keys') {
    const option = String(issue.keys[0]);
    const message = `Unknown option ${show(option)}; the options are ${OPTION_NAMES.join(', ')}.`;
    return new DresscutError('invalid-option', message, { facts: { option, known: OPTION_NAMES } });
  }
  const name = issue?.path[0] as OptionName | undefined;
  if (name === undefined) {
    return new DresscutError('invalid-option', `Expected options by name but received ${show(record)}.`);
  }
  const { expected } = describeOption(name);
  const received = show(record[name]);
  const message = `Expected ${name} to be ${expected}, but received ${received}.`;
  return new DresscutError('invalid-option', message, { facts: { option: name, expected, received } });
}
