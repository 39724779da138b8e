import fc from 'fast-check';
import sharp from 'sharp';
import { PHOTO_FORMATS, sniff } from '../../lib/pipeline/formats';

const ascii = (text: string) => Buffer.from(text, 'latin1');
const ftyp = (...brands: string[]) =>
  Buffer.concat([
    Buffer.from([0, 0, 0, 12 + 4 * brands.length]),
    ascii(`ftyp${brands[0]}\0\0\0\0${brands.slice(1).join('')}`),
  ]);
const pixel = () => sharp({ create: { width: 1, height: 1, channels: 3, background: '#fff' } });

describe('sniff', () => {
  it.each(['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const)('knows a %s that sharp wrote', async (format) => {
    expect(sniff(await pixel().toFormat(format).toBuffer())).toEqual({ format });
  });

  it.each([
    ['an iPhone photo', ftyp('heic', 'mif1', 'heic'), 'heic'],
    ['a picture that names only its container', ftyp('mif1', 'heic'), 'heic'],
    ['a burst of pictures', ftyp('hevc', 'msf1'), 'heic'],
    ['an AVIF that names its container first', ftyp('mif1', 'miaf', 'avif'), 'avif'],
    ['an animated AVIF', ftyp('avis', 'msf1'), 'avif'],
    ['a big-endian TIFF', ascii('MM\0*\0\0\0\x08\0\0'), 'tiff'],
  ])('knows %s', (_, bytes, format) => {
    expect(sniff(bytes)).toEqual({ format });
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'an empty file'],
    ['a PDF', ascii('%PDF-1.7\n%\xe2\xe3'), 'a PDF document'],
    ['an SVG', ascii('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'an SVG drawing'],
    ['an SVG after its XML declaration', ascii('\n<?xml version="1.0"?>\n<svg/>'), 'an SVG drawing'],
    ['a web page', ascii('<!DOCTYPE html><html>'), 'an HTML page'],
    ['JSON', ascii('{"photo": 1}'), 'text'],
    ['text that is cut inside a letter', Buffer.from('ä'.repeat(300)).subarray(0, 511), 'text'],
    ['a data URL', ascii('data:image/png;base64,iVBORw0K'), 'a data URL; send the bytes that it encodes'],
    ['a video', ftyp('isom', 'mp41'), 'a video (MP4 or QuickTime)'],
    ['a QuickTime video', ftyp('qt  '), 'a video (MP4 or QuickTime)'],
    ['a WebM', Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 1]), 'a video (Matroska or WebM)'],
    ['an AVI', ascii('RIFF\0\0\0\0AVI LIST'), 'a video (AVI)'],
    ['a BMP', ascii('BM\0\0\0\0'), 'a BMP image'],
    ['a JPEG XL', Buffer.from([0xff, 0x0a, 0, 0]), 'a JPEG XL image'],
    ['a Canon raw file', ftyp('crx ', 'isom'), 'a camera raw file'],
    ['an older Canon raw file', ascii('II*\0\x10\0\0\0CR\x02\0'), 'a camera raw file'],
    ['a ZIP', ascii('PK\x03\x04'), 'a ZIP archive'],
    ['noise', Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 200]), 'an unknown kind of file'],
  ])('names %s for what it is', (_, bytes, found) => {
    expect(sniff(bytes)).toEqual({ format: null, found });
  });

  it.each([
    ['a DNG tag', 50706, 0x0104],
    ['a thumbnail as its first page', 254, 1],
  ])('takes a TIFF with %s for a camera raw file', (_, tag, value) => {
    const file = Buffer.alloc(26);
    file.set([0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0]);
    file.writeUInt16LE(tag, 10);
    file.writeUInt16LE(4, 12);
    file.writeUInt32LE(1, 14);
    file.writeUInt32LE(value, 18);
    expect(sniff(file)).toEqual({ format: null, found: 'a camera raw file' });
  });

  it('answers for any bytes at all, and never throws', () => {
    const start = fc.constantFrom('', 'II*\0', 'MM\0*', 'RIFF', '\0\0\0\x20ftyp', 'II*\0\x08\0\0\0\xff\xff');
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 80 }), (head, tail) => {
        const sniffed = sniff(Buffer.concat([ascii(head), tail]));
        if (sniffed.format === null) expect(sniffed.found).not.toBe('');
        else expect(PHOTO_FORMATS).toContain(sniffed.format);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads a view into a larger buffer, as Node hands out small files', async () => {
    const padded = Buffer.concat([Buffer.alloc(7), ftyp('avif', 'mif1')]);
    expect(sniff(padded.subarray(7))).toEqual({ format: 'avif' });
  });
});
