import { deflateSync } from 'node:zlib';
import { decode } from '../../lib/pipeline/decode';
import { pixelsAt, withoutTexts } from '../../lib/pipeline/png';
import { memoryFor } from '../helpers/memory-for';
import { quarters } from '../helpers/pictures';
import { pngChunk, withPngChunks } from '../helpers/png-chunk';

const png = () => quarters().png().toBuffer();
const note = (text: string) => pngChunk('tEXt', Buffer.from(`Comment\0${text}`));
const exif = pngChunk('eXIf', Buffer.from('II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0', 'latin1'));

test('texts are left out wherever they stand before the pixels, and nothing else is', async () => {
  const whole = await png();
  expect(withoutTexts(whole)).toBe(whole);
  const worded = withPngChunks(whole, note('a'), exif, note(''), pngChunk('iTXt', Buffer.from('XML:com.adobe.xmp\0')));
  expect(Buffer.compare(withoutTexts(worded), withPngChunks(whole, exif))).toBe(0);
  const { photo } = await decode(worded);
  expect([photo.width, photo.height]).toEqual([120, 160]);
});

test('pixels begin where their chunk does, whatever a text says', async () => {
  const whole = await png();
  const spoken = withPngChunks(whole, note('....IDAT'));
  expect(pixelsAt(whole)).toBe(whole.indexOf('IDAT') - 4);
  expect(pixelsAt(spoken)).toBe(spoken.lastIndexOf('IDAT') - 4);
  expect(pixelsAt(whole.subarray(0, 40))).toBe(-1);
});

test('a PNG that ends anywhere is walked to its end', async () => {
  const whole = withPngChunks(await png(), note('a'), note('b'));
  for (let length = 8; length < whole.length; length++) {
    const cut = whole.subarray(0, length);
    expect(withoutTexts(cut).length).toBeLessThanOrEqual(length);
    expect(pixelsAt(cut)).toBeLessThan(length);
  }
});

test('80 kB of texts that inflate to 80 MB take no memory', async () => {
  const text = pngChunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(Buffer.alloc(8e6, 'a'))]));
  const usual = await memoryFor(await png());
  expect(usual).toBeGreaterThan(0);
  expect(await memoryFor(withPngChunks(await png(), ...Array(10).fill(text)))).toBeLessThan(usual + 100);
});
