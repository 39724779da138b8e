import fc from 'fast-check';
import { z } from 'zod';
import { parseColour } from '../lib/colour';
import { DresscutError } from '../lib/errors';
import { DEFAULTS, describeOption, OPTION_NAMES, optionsSchema, parseOptions } from '../lib/options';

/** The message of the `invalid-option` that this record must cause. */
function refusal(record: Record<string, unknown>): string {
  try {
    parseOptions(record);
  } catch (thrown) {
    if (thrown instanceof DresscutError && thrown.code === 'invalid-option') return thrown.message;
    throw thrown;
  }
  throw new Error(`${JSON.stringify(record)} was accepted`);
}

describe('parseOptions', () => {
  test('gives the defaults for nothing', () => {
    expect(parseOptions({})).toEqual(DEFAULTS);
    expect(parseOptions({ output: undefined, size: undefined })).toEqual(DEFAULTS);
  });

  test('reads every option from text', () => {
    expect(
      parseOptions({
        output: 'overlay',
        format: ' WebP ',
        crop: 'yes',
        margin: '10%',
        background: '#0f0',
        mode: 'article',
        expect: 'dress',
        presence: '30%',
        which: '2',
        size: '640',
        describe: 'true',
        embedding: '0',
      }),
    ).toEqual({
      output: 'overlay',
      format: 'webp',
      crop: true,
      margin: 0.1,
      background: { r: 0, g: 255, b: 0 },
      mode: 'article',
      expect: 'dress',
      presence: 0.3,
      which: 2,
      size: 640,
      strokes: [],
      describe: true,
      embedding: false,
    });
  });

  test('reads the line that presence draws, and which dress, in every spelling', () => {
    for (const presence of ['auto', 'AUTO', null]) expect(parseOptions({ presence }).presence).toBeNull();
    for (const presence of ['0', 0, '0%']) expect(parseOptions({ presence }).presence).toBe(0);
    expect(parseOptions({ presence: 1 }).presence).toBe(1);
    for (const which of ['main', ' Main ']) expect(parseOptions({ which }).which).toBe('main');
    for (const which of ['3', 3]) expect(parseOptions({ which }).which).toBe(3);
  });

  test.each([
    [{ presence: '1.01' }, /^Expected presence to be auto, a share from 0 to 1/],
    [{ presence: 'sure' }, /^Expected presence to be auto/],
    [{ which: '0' }, /^Expected which to be all, main, or the number of a dress from 1 to 16/],
    [{ which: '17' }, /^Expected which/],
    [{ which: 'both' }, /^Expected which/],
    [{ which: 1.5 }, /^Expected which/],
  ])('refuses %j', (record, message) => {
    expect(() => parseOptions(record)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringMatching(message) }),
    );
  });

  test('reads strokes from the text of a JSON list, and from JSON itself', () => {
    const strokes = [
      { kind: 'keep', points: [[10, 20.5]], radius: 4 },
      { kind: 'drop', box: { left: 0, top: 0, width: 9, height: 7 } },
    ];
    expect(parseOptions({ strokes: JSON.stringify(strokes) }).strokes).toEqual(strokes);
    expect(parseOptions({ strokes }).strokes).toEqual(strokes);
    expect(parseOptions({ strokes: '' }).strokes).toEqual([]);
  });

  test.each([
    ['no JSON', 'keep'],
    ['no list', '{}'],
    ['an unknown kind', [{ kind: 'maybe', points: [[1, 2]], radius: 3 }]],
    ['no points', [{ kind: 'keep', points: [], radius: 3 }]],
    ['a point of three numbers', [{ kind: 'keep', points: [[1, 2, 3]], radius: 3 }]],
    ['a tip that is smaller than a pixel', [{ kind: 'keep', points: [[1, 2]], radius: 0 }]],
    [
      'both points and a box',
      [{ kind: 'keep', points: [[1, 2]], radius: 3, box: { left: 0, top: 0, width: 1, height: 1 } }],
    ],
    ['too many strokes', Array.from({ length: 201 }, () => ({ kind: 'keep', points: [[1, 2]], radius: 3 }))],
    ['too many points', [{ kind: 'keep', points: Array.from({ length: 20_001 }, () => [1, 2]), radius: 3 }]],
  ])('refuses strokes with %s', (_, strokes) => {
    expect(() => parseOptions({ strokes })).toThrow(
      expect.objectContaining({ code: 'invalid-option', facts: expect.objectContaining({ option: 'strokes' }) }),
    );
  });

  test('refuses strokes in the mode that cannot be corrected', () => {
    const strokes = [{ kind: 'keep', points: [[1, 2]], radius: 3 }];
    expect(() => parseOptions({ mode: 'article', strokes })).toThrow('Strokes correct the default mode');
  });

  test('takes values that have their type already, as they come from JSON', () => {
    const typed = { crop: true, margin: 0.5, background: null, size: null };
    expect(parseOptions(typed)).toEqual({ ...DEFAULTS, ...typed });
  });

  test('takes its own defaults as they are', () => {
    expect(parseOptions({ ...DEFAULTS })).toEqual(DEFAULTS);
  });

  test.each([
    ['true', true],
    ['1', true],
    ['YES', true],
    [1, true],
    ['false', false],
    ['0', false],
    ['no', false],
    [0, false],
  ])('reads crop=%j as %s', (text, value) => {
    expect(parseOptions({ crop: text }).crop).toBe(value);
  });

  test.each([
    ['0', 0],
    ['1', 1],
    ['.25', 0.25],
    ['100%', 1],
    ['2.5 %', 0.025],
  ])('reads margin=%s as %d', (text, value) => {
    expect(parseOptions({ margin: text }).margin).toBeCloseTo(value, 12);
  });

  test.each(['-0.1', '1.01', '101%', 'a lot', '', '1e-1', Number.NaN])('refuses margin=%j', (margin) => {
    expect(refusal({ margin })).toMatch(/^Expected margin to be a share from 0 to 1, .* but received /);
  });

  test.each(['15', '10001', '12.5', '-64', 'large', '', '1e3', Number.POSITIVE_INFINITY])('refuses size=%j', (size) => {
    expect(refusal({ size })).toContain(
      'Expected size to be a whole number of pixels from 16 to 10000, or original, but received',
    );
  });

  test('reads size=original as no limit at all, against a default that sets one', () => {
    expect(parseOptions({ size: 'Original' }).size).toBeNull();
  });

  test('names the option, what it takes and what it got', () => {
    expect(refusal({ format: 'gif' })).toBe('Expected format to be one of png, webp, jpeg, but received "gif".');
    expect(refusal({ crop: '' })).toBe('Expected crop to be true or false, but received "".');
    expect(refusal({ mode: ['default', 'article'] })).toContain('but received a list of 2.');
    expect(refusal({ background: 'rgb(1,2)' })).toContain('but received "rgb(1,2)".');
  });

  test('names the known options to who asks for an unknown one', () => {
    const message = refusal({ sise: '10' });
    expect(message).toContain('"sise"');
    for (const name of OPTION_NAMES) expect(message).toContain(name);
  });

  test('keeps control characters and long values out of the message', () => {
    const message = refusal({ format: `\u001b[31m${'x'.repeat(5000)}` });
    expect(message).not.toContain('\u001b');
    expect(message.length).toBeLessThan(200);
  });

  test('asks for a background for a cut-out as JPEG, and only there', () => {
    expect(refusal({ format: 'jpeg' })).toContain('give a background');
    expect(refusal({ format: 'jpg', background: 'transparent' })).toContain('JPEG has no transparency');
    expect(parseOptions({ format: 'jpeg', background: 'white' }).format).toBe('jpeg');
    expect(parseOptions({ format: 'jpeg', output: 'overlay' }).background).toBeNull();
    expect(parseOptions({ format: 'jpeg', output: 'mask' }).output).toBe('mask');
  });

  test('is not led astray by names that every object has', () => {
    expect(refusal(JSON.parse('{"__proto__": "x"}'))).toContain('Unknown option');
    expect(refusal({ constructor: 'x' })).toContain('Unknown option');
  });

  test('makes options or invalid-option of any record of strings, never anything else', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('png', 'JPEG', 'yes', '10%', '#fff', '1,2,3', 'null', '-0', '1e999', 'true'),
    );
    const name = fc.oneof(fc.constantFrom(...OPTION_NAMES), fc.string());
    fc.assert(fc.property(fc.dictionary(name, text, { maxKeys: 8, noNullPrototype: false }), optionsOrRefusal), {
      numRuns: 500,
    });
  });

  test('makes options or invalid-option of any values at all', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...OPTION_NAMES), fc.anything({ withBigInt: true })), optionsOrRefusal),
      { numRuns: 300 },
    );
  });
});

/** What comes out is what `CutOutOptions` promises, or the one error that is allowed. */
function optionsOrRefusal(record: Record<string, unknown>): void {
  let options: ReturnType<typeof parseOptions>;
  try {
    options = parseOptions(record);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(DresscutError);
    expect((thrown as DresscutError).code).toBe('invalid-option');
    expect((thrown as DresscutError).status).toBe(400);
    return;
  }
  expect(Object.keys(options).sort()).toEqual([...OPTION_NAMES].sort());
  expect(options.margin).toBeGreaterThanOrEqual(0);
  expect(options.margin).toBeLessThanOrEqual(1);
  expect(
    options.size === null || (Number.isInteger(options.size) && options.size >= 16 && options.size <= 10_000),
  ).toBe(true);
  expect(typeof options.crop).toBe('boolean');
}

describe('the schema', () => {
  test('can be shown as JSON Schema, with values, defaults and descriptions', () => {
    const { properties } = z.toJSONSchema(optionsSchema, { io: 'input' }) as unknown as {
      properties: Record<string, Record<string, unknown>>;
    };
    expect(Object.keys(properties)).toEqual(OPTION_NAMES);
    expect(properties.output).toMatchObject({ enum: ['cutout', 'mask', 'overlay'], default: 'cutout' });
    expect(properties.background).toMatchObject({ type: 'string', default: 'transparent' });
    expect(properties.margin).toMatchObject({ minimum: 0, maximum: 1, default: 0.05 });
  });

  test('says of every option what it does and what it takes', () => {
    for (const name of OPTION_NAMES) {
      const { description, expected } = describeOption(name);
      expect(description).toMatch(/\.$/);
      expect(expected).not.toBe('');
    }
  });
});

describe('parseColour', () => {
  test.each([
    ['white', 255, 255, 255],
    [' Grey ', 128, 128, 128],
    ['#1aF', 0x11, 0xaa, 0xff],
    ['1aF', 0x11, 0xaa, 0xff],
    ['#010203', 1, 2, 3],
    ['1,2,3', 1, 2, 3],
    ['255, 0 ,10', 255, 0, 10],
  ])('reads %j', (text, r, g, b) => {
    expect(parseColour(text)).toEqual({ r, g, b });
  });

  test.each([
    '',
    '#',
    '#12',
    '#12345',
    '#1234567',
    '256,0,0',
    '1,2',
    '1,2,3,4',
    '-1,0,0',
    'constructor',
    'transparent',
  ])('finds no colour in %j', (text) => {
    expect(parseColour(text)).toBeUndefined();
  });

  test('reads back every colour that it is told as #rrggbb or r,g,b', () => {
    const part = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(part, part, part, (r, g, b) => {
        const hex = [r, g, b].map((value) => value.toString(16).padStart(2, '0')).join('');
        expect(parseColour(`#${hex}`)).toEqual({ r, g, b });
        expect(parseColour(`${r},${g},${b}`)).toEqual({ r, g, b });
      }),
    );
  });
});
