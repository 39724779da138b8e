import { z } from 'zod';
import { DresscutError } from '../../errors';
import { readAll, toLength, toRgba, toShare } from './values';

/** Largest result of each `size`, in megapixels. */
export const MEGAPIXELS = {
  preview: 0.25,
  small: 0.25,
  regular: 0.25,
  medium: 1.5,
  hd: 4,
  full: 25,
  auto: 25,
  '4k': 25,
} as const;

/** remove.bg's own limits on a margin. */
const MAX_MARGIN = { px: 500, '%': 50 } as const;

/** What an option expects, as it stands in every error about it. */
const wording = z.registry<{ expected: string }>();

const flag = z.union([z.boolean(), z.stringbool()]);
const words = (...list: readonly string[]) => ({ expected: `one of ${list.join(', ')}` });

/** The options of `POST /v1.0/removebg` that are supported, as text or JSON. Their names and meanings are remove.bg's. */
export const removebgSchema = z.strictObject({
  size: z
    .enum(Object.keys(MEGAPIXELS) as [keyof typeof MEGAPIXELS])
    .prefault('preview')
    .describe('Largest result: 0.25, 1.5 (medium), 4 (hd) or 25 megapixels (full, auto, 4k); PNG at most 10.')
    .register(wording, words(...Object.keys(MEGAPIXELS))),
  type: z
    .enum(['auto', 'product'])
    .prefault('auto')
    .describe('What to cut out. Only dresses are, and they are products.')
    .register(wording, { expected: 'auto or product, because only dresses are cut out' }),
  type_level: z
    .preprocess(String, z.enum(['none', '1', '2', 'latest']))
    .prefault('1')
    .describe('none leaves out the header X-Type; the others say product.')
    .register(wording, words('none', '1', '2', 'latest')),
  format: z
    .preprocess((word) => (word === 'jpeg' ? 'jpg' : word), z.enum(['auto', 'png', 'jpg', 'webp', 'zip']))
    .prefault('auto')
    .describe('auto: PNG, or JPG on an opaque bg_color. jpg stands on white. zip: color.jpg and alpha.png.')
    .register(wording, words('auto', 'png', 'jpg', 'webp', 'zip')),
  roi: z
    .string()
    .transform((text, context) => {
      const [x1, y1, x2, y2, ...others] = readAll(text, toLength);
      const whole = x1 !== undefined && y1 !== undefined && x2 !== undefined && y2 !== undefined;
      return whole && others.length === 0 ? { x1, y1, x2, y2 } : refuse(context);
    })
    .optional()
    .describe('Nothing outside this part of the photo is cut out.')
    .register(wording, { expected: 'four lengths "x1 y1 x2 y2" such as "10% 0% 90% 100%" or "0px 0px 600px 800px"' }),
  crop: flag
    .prefault(false)
    .describe('Cut the frame down to the dress.')
    .register(wording, { expected: 'true or false' }),
  crop_margin: z
    .union([z.string(), z.number()])
    .transform((text, context) => {
      const margins = readAll(String(text), toLength);
      const [top, right = top, bottom = top, left = right] = margins;
      const whole = top !== undefined && right !== undefined && bottom !== undefined && left !== undefined;
      const allowed = margins.every(({ value, unit }) => value <= MAX_MARGIN[unit]);
      if (!whole || !allowed || ![1, 2, 4].includes(margins.length)) return refuse(context);
      return { top, right, bottom, left };
    })
    .prefault('0')
    .describe('Room around a cropped dress: for all sides, for top/bottom and left/right, or for each from the top on.')
    .register(wording, { expected: 'one, two or four lengths up to 500px or 50% such as "30px" or "10% 5%"' }),
  scale: z
    .string()
    .transform((text, context) => {
      if (text === 'original') return null;
      const [share, ...others] = readAll(text, toShare);
      return share !== undefined && share >= 0.1 && others.length === 0 ? share : refuse(context);
    })
    .prefault('original')
    .describe('How much of the canvas the dress fills, along the side that it fills most.')
    .register(wording, { expected: 'original, or a percentage from 10% to 100%' }),
  position: z
    .string()
    .transform((text, context) => {
      if (text === 'original') return 'original' as const;
      const [x, y = x, ...others] = text === 'center' ? [0.5] : readAll(text, toShare);
      return x === undefined || y === undefined || others.length > 0 ? refuse(context) : { x, y };
    })
    .optional()
    .describe('Where the dress stands on the canvas; center where a scale is given.')
    .register(wording, { expected: 'original, center, or one or two percentages such as "50%" or "50% 100%"' }),
  channels: z
    .enum(['rgba', 'alpha'])
    .prefault('rgba')
    .describe('The picture, or its 8-bit mask.')
    .register(wording, words('rgba', 'alpha')),
  bg_color: z
    .string()
    .transform((text, context) => toRgba(text) ?? refuse(context))
    .optional()
    .describe('What stands behind the dress.')
    .register(wording, { expected: 'a colour such as fff, 81d4fa, 81d4fa77 or green' }),
  semitransparency: flag
    .prefault(true)
    .describe("Makes a difference for car windows only, here as there: a dress's edge is soft either way.")
    .register(wording, { expected: 'true or false' }),
  add_shadow: flag
    .prefault(false)
    .refine((shadow) => !shadow)
    .describe('No shadow is drawn.')
    .register(wording, { expected: 'false, because no shadows are drawn' }),
  shadow_type: z
    .enum(['none'])
    .prefault('none')
    .describe('No shadow is drawn.')
    .register(wording, { expected: 'none, because no shadows are drawn' }),
});

export type RemovebgOptions = z.output<typeof removebgSchema>;

/** Options of remove.bg that this service does not have, each with the reason. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  image_url: 'This service fetches nothing from other hosts: send the photo itself, as image_file or image_file_b64.',
  bg_image_url: 'A background can only be a colour (bg_color): this service fetches nothing from other hosts.',
  bg_image_file: 'A background can only be a colour (bg_color): this service does not compose photos.',
  shadow_opacity: 'This service draws no shadows.',
};

/**
 * The options of a call in remove.bg's words, checked. An empty text or `null` is as good as leaving it out, as
 * there.
 *
 * @param record names to values, as text or as JSON's own types
 * @throws DresscutError `invalid-option` with a sentence that names the option and what it expects
 */
export function parseRemovebg(record: Readonly<Record<string, unknown>>): RemovebgOptions {
  const given = Object.fromEntries(Object.entries(record).filter(([, value]) => value !== '' && value !== null));
  for (const [option, reason] of Object.entries(UNSUPPORTED)) {
    if (Object.hasOwn(given, option)) throw invalid(option, `${option} is not supported. ${reason}`);
  }
  const { success, data, error } = removebgSchema.safeParse(given);
  if (!success) throw refusal(error.issues[0]);
  const { format, channels, bg_color } = data;
  if (bg_color !== undefined && (format === 'zip' || channels === 'alpha')) {
    const where = format === 'zip' ? 'format=zip' : 'channels=alpha';
    throw invalid('bg_color', `bg_color has no place in ${where}: leave one of them out.`);
  }
  if (format === 'zip' && channels === 'alpha') {
    throw invalid('channels', 'format=zip holds colour and alpha: leave channels=alpha out, or ask for png.');
  }
  return data;
}

function refusal(issue: z.core.$ZodIssue | undefined): DresscutError {
  const names = Object.keys(removebgSchema.shape);
  if (issue?.code === 'unrecognized_keys') {
    const option = String(issue.keys[0]).slice(0, 60);
    return invalid(option, `Unknown parameter ${JSON.stringify(option)}; this service knows ${names.join(', ')}.`);
  }
  const name = String(issue?.path[0]) as keyof typeof removebgSchema.shape;
  return invalid(name, `Expected ${name} to be ${wording.get(removebgSchema.shape[name])?.expected}.`);
}

function invalid(option: string, message: string): DresscutError {
  return new DresscutError('invalid-option', message, { facts: { option } });
}

function refuse(context: z.RefinementCtx): never {
  context.addIssue({ code: 'custom', message: 'not as expected' });
  return z.NEVER;
}
