import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { sniff } from '../../lib/pipeline/formats';

// What becomes of a photo in programs that take it for text, and how the refusal names it.
const jpeg = readFileSync(join(__dirname, '..', 'fixtures', 'dress.jpg'));
const formats = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const;

test.each(formats)('%s, read as text and written as UTF-8, is told from a damaged file', async (format) => {
  const whole = await sharp(jpeg).resize(300).toFormat(format).toBuffer();
  expect(sniff(whole)).toEqual({ format });
  for (const encoding of ['utf8', 'latin1'] as const) {
    const mangled = Buffer.from(whole.toString(encoding), 'utf8');
    expect(sniff(mangled)).toEqual({ format: null, found: expect.stringContaining('turned into text') });
  }
});

test.each(formats)('%s as base64 is named, whatever surrounds it', async (format) => {
  const whole = await sharp(jpeg).resize(300).toFormat(format).toBuffer();
  const base64 = whole.toString('base64');
  for (const text of [base64, `\n ${base64}\n`, `"${base64}"`, whole.toString('base64url')]) {
    expect(sniff(Buffer.from(text))).toEqual({ format: null, found: expect.stringContaining('as base64') });
  }
});

test('a text is a text, with and without letters beyond ASCII', () => {
  expect(sniff(Buffer.from('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'))).toEqual({ format: null, found: 'text' });
  expect(sniff(Buffer.from('Ein Kleid für den Sommer, größer als gedacht.'))).toEqual({ format: null, found: 'text' });
});
