import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { decode } from '../../lib/pipeline/decode';
import { toSrgb } from '../../lib/pipeline/nclx';
import { heif, ispe, nclx, takeApart } from '../helpers/heif';
import { difference, middles, pixel, QUARTERS, type Rgb } from '../helpers/pictures';

const SAMPLE = readFileSync(join(__dirname, '../fixtures/sample.heic'));
const [REC2020, P3, PQ, HLG, SRGB] = [9, 12, 16, 18, 13];
const WHITE = 203;

/** sRGB's primaries to those of Rec. 2020, in linear light: ITU-R BT.2087-0, the inverse of its table. */
const TO_2020 = [
  [0.6274, 0.3293, 0.0433],
  [0.0691, 0.9195, 0.0114],
  [0.0164, 0.088, 0.8956],
];
const linear = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/** An sRGB colour as the numbers that a picture in Rec. 2020 with PQ or HLG has for it, white at 203 cd/m2, 0 to 1. */
function inHdr(colour: Rgb, transfer: number): number[] {
  const light = colour.map((value) => linear(value / 255));
  const wide = TO_2020.map((row) => row.reduce((sum, factor, i) => sum + factor * light[i]!, 0));
  if (transfer === PQ) return wide.map(pq);
  // BT.2100, table 5: what the screen shows, back to the scene, then its curve.
  const screen = wide.map((value) => (value * WHITE) / 1000);
  const brightness = 0.2627 * screen[0]! + 0.678 * screen[1]! + 0.0593 * screen[2]!;
  return screen.map((value) => hlg(value * brightness ** (1 / 1.2 - 1)));
}

/** BT.2100, table 4. */
function pq(light: number): number {
  const power = ((light * WHITE) / 10_000) ** (2610 / 16_384);
  return ((3424 / 4096 + (2413 / 128) * power) / (1 + (2392 / 128) * power)) ** (2523 / 32);
}

/** BT.2100, table 5. */
function hlg(scene: number): number {
  return scene <= 1 / 12 ? Math.sqrt(3 * scene) : 0.17883277 * Math.log(12 * scene - 0.28466892) + 0.55991073;
}

async function avif(values: readonly number[], bitdepth: 8 | 10, primaries: number, transfer: number): Promise<Buffer> {
  const pixels = Uint16Array.from({ length: 3 * 64 * 64 }, (_, i) => Math.round(65_535 * values[i % 3]!));
  const image = sharp(pixels, { raw: { width: 64, height: 64, channels: 3 } }).toColourspace(
    bitdepth === 8 ? 'srgb' : 'rgb16',
  );
  const file = await image.avif({ quality: 100, bitdepth, chromaSubsampling: '4:4:4', effort: 0 }).toBuffer();
  const { config, coded } = takeApart(file, 'av1C');
  return heif(
    [{ type: 'av01', data: coded, properties: [0, 1, 2] }],
    [ispe(64, 64), config, nclx(primaries, transfer)],
    'avif',
  );
}

const heic = (primaries: number, transfer: number) => {
  const { config, coded } = takeApart(SAMPLE);
  return heif(
    [{ type: 'hvc1', data: coded, properties: [0, 1, 2] }],
    [ispe(160, 120), config, nclx(primaries, transfer)],
  );
};

describe('HDR becomes sRGB', () => {
  it.each([
    ['PQ', PQ, 10],
    ['HLG', HLG, 10],
    ['PQ of 8 bits', PQ, 8],
  ] as const)('and a colour that both have is the same: an AVIF in %s', async (_, transfer, depth) => {
    for (const colour of [
      [235, 7, 0],
      [40, 90, 160],
      [128, 128, 128],
      [20, 20, 20],
    ] as Rgb[]) {
      const values = inHdr(colour, transfer);
      // Without a conversion it would be far off.
      expect(difference([values.map((value) => Math.round(255 * value)) as unknown as Rgb], [colour])).toBeGreaterThan(
        5,
      );
      const { photo } = await decode(await avif(values, depth, REC2020, transfer));
      expect(difference([pixel(photo, 30, 30)], [colour])).toBeLessThanOrEqual(depth === 8 ? 9 : 5);
    }
  });

  it('and what is brighter than white keeps its hue and its order below white', () => {
    const grey = (nits: number) => Array(3).fill(Math.round(1023 * pq(nits / WHITE)));
    const samples = Uint16Array.from([203, 400, 700, 1000, 10_000].flatMap(grey));
    const shown = [...toSrgb(samples, 1023, { primaries: REC2020, transfer: PQ })].filter((_, i) => i % 3 === 0);
    expect([...shown].sort((a, b) => a - b)).toEqual(shown);
    expect(new Set(shown.slice(0, 4)).size).toBeGreaterThanOrEqual(3);
    expect(shown.at(-1)).toBe(255);
    expect(shown[0]).toBeGreaterThan(240);
  });

  it('in a HEIC as in an AVIF, by the same numbers', async () => {
    const plain = middles((await decode(SAMPLE)).photo);
    for (const [primaries, transfer] of [
      [REC2020, PQ],
      [REC2020, HLG],
      [REC2020, SRGB],
      [P3, SRGB],
    ] as const) {
      const expected = plain.map((colour) => [...toSrgb(Uint8Array.from(colour), 255, { primaries, transfer })]);
      const { photo } = await decode(heic(primaries, transfer));
      expect(difference(middles(photo), expected as unknown as Rgb[])).toBeLessThanOrEqual(2);
      expect(difference(middles(photo), QUARTERS)).toBeGreaterThan(10);
    }
  });
});
