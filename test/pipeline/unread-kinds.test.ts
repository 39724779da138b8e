import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { decode } from '../../lib/pipeline/decode';
import { heif, ispe, takeApart } from '../helpers/heif';
import { difference, middles, QUARTERS, quarters, refusal } from '../helpers/pictures';
import { retagged } from '../helpers/retagged-tiff';

const SAMPLE = readFileSync(join(__dirname, '../fixtures/sample.heic'));
async function frame(marker: number, bits: number, height: number): Promise<Buffer> {
  const file = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#a33' } })
    .jpeg()
    .toBuffer();
  const at = file.indexOf(Buffer.from([0xff, 0xc0]));
  file[at + 1] = marker;
  file[at + 4] = bits;
  file.writeUInt16BE(height, at + 5);
  return file;
}

const one = (type: 'unci' | 'j2k1') => heif([{ type, data: Buffer.alloc(99), properties: [0] }], [ispe(64, 64)]);
const rebranded = (file: Buffer, brand: string) => {
  const copy = Buffer.from(file);
  copy.write(brand, 8, 'latin1');
  return copy;
};
const box = (type: string, content: Uint8Array) => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + content.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
};
const sequence = (brand: string) =>
  Buffer.concat([box('ftyp', Buffer.from(`${brand}\0\0\0\0msf1${brand}`)), box('moov', Buffer.alloc(200))]);

describe('what may be whole but is not read is not called damaged', () => {
  it.each<[string, () => Buffer | Promise<Buffer>, string]>([
    ['an LZMA TIFF', () => retagged([259, 259, 34_925]), 'a TIFF with LZMA compression'],
    ['an old-style JPEG TIFF', () => retagged([259, 259, 6]), 'a TIFF with old-style JPEG compression'],
    [
      'an old-style JPEG TIFF in tiles',
      () => retagged([259, 259, 6], [278, 322, 64], [279, 323, 64]),
      'a TIFF with old-style JPEG compression',
    ],
    ['a Zstandard TIFF', () => retagged([259, 259, 50_000]), 'a TIFF with Zstandard compression'],
    ['a TIFF of a number nobody knows', () => retagged([259, 259, 4711]), 'a TIFF with unknown (4711) compression'],
    [
      'a TIFF in tiled planes',
      () => retagged([278, 322, 64], [279, 284, 2]),
      'a TIFF with a separate set of tiles for each colour',
    ],
    ['a lossless JPEG', () => frame(0xc3, 8, 64), 'a lossless JPEG'],
    ['a hierarchical JPEG', () => frame(0xc5, 8, 64), 'a hierarchical JPEG'],
    ['a JPEG of 12 bits', () => frame(0xc1, 12, 64), 'a JPEG of 12 bits'],
    ['a JPEG without a height', () => frame(0xc0, 8, 0), 'a JPEG that tells its height behind its pixels'],
    [
      'a PNG for iOS',
      async () => {
        const png = await quarters().png().toBuffer();
        return Buffer.concat([
          png.subarray(0, 8),
          Buffer.from('\0\0\0\x04CgBI\x50\0\x20\x06\0\0\0\0', 'latin1'),
          png.subarray(8),
        ]);
      },
      "a PNG of Xcode's own kind (CgBI)",
    ],
    ['an uncompressed HEIF', () => one('unci'), 'a HEIF with a picture of the uncompressed kind (unci)'],
    ['a JPEG 2000 HEIF', () => one('j2k1'), 'a HEIF with a picture of the JPEG 2000 kind (j2k1)'],
    ['a compact HEIF', () => rebranded(SAMPLE, 'mif3'), 'a HEIF of the compact kind (mif3)'],
    ['an AVIF film', () => sequence('avis'), 'an image sequence without a still picture'],
    ['a HEIC film', () => sequence('hevc'), 'an image sequence without a still picture'],
  ])('%s', async (_, make, found) => {
    const error = await refusal(decode(await make()));
    expect(error).toMatchObject({ code: 'unsupported-format', facts: { found } });
    expect(error.message).toBe(`The file is ${found}; the formats read are jpeg, png, webp, avif, gif, tiff, heic.`);
  });
});

describe('an animation gives the still picture beside its frames', () => {
  it.each(['avis', 'msf1'])('an AVIF of the brand %s', async (brand) => {
    const avif = await quarters().avif({ quality: 90, effort: 0 }).toBuffer();
    const { photo, format } = await decode(rebranded(avif, brand));
    expect(format).toBe('avif');
    expect(difference(middles(photo), QUARTERS)).toBeLessThanOrEqual(4);
  });

  it.each(['hevc', 'msf1', 'mif1'])('a HEIC of the brand %s', async (brand) => {
    const { photo, format } = await decode(rebranded(SAMPLE, brand));
    expect(format).toBe('heic');
    expect(difference(middles(photo), QUARTERS)).toBeLessThanOrEqual(4);
  });

  it('and a HEIF that names no coding is read by what is in it', async () => {
    const { config, coded } = takeApart(await quarters().avif({ quality: 90, effort: 0 }).toBuffer(), 'av1C');
    const file = heif([{ type: 'av01', data: coded, properties: [0, 1] }], [ispe(160, 120), config], 'mif1');
    expect(difference(middles((await decode(file)).photo), QUARTERS)).toBeLessThanOrEqual(4);
  });
});
