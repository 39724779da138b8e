import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { truthOf } from '../../bench/labelled-photos';
import { AROUND, insideOf, padded } from '../../bench/padded';
import { decode } from '../../lib/pipeline/decode';

/** Black, with a white block that touches two of its sides. */
async function picture(width: number, height: number): Promise<Buffer> {
  const white = { create: { width: 20, height: 30, channels: 3, background: 'white' } } as const;
  const block = await sharp(white).png().toBuffer();
  return sharp({ create: { width, height, channels: 3, background: 'black' } })
    .composite([{ input: block, left: 0, top: 0 }])
    .png()
    .toBuffer();
}

describe('a photo in a frame', () => {
  let labels: string;
  beforeEach(async () => {
    labels = await mkdtemp(join(tmpdir(), 'dresscut-framed-'));
  });
  afterEach(() => rm(labels, { recursive: true, force: true }));

  it.each([
    [64, 90],
    [65, 90],
    [64, 91],
    [67, 93],
  ])('of %i x %i lies where its label lies, and so does its size', async (width, height) => {
    const bytes = await picture(width, height);
    const { photo } = await decode(await padded(bytes, 'black'));
    expect(insideOf(photo)).toEqual({ width, height, left: Math.ceil(width / 2), top: Math.ceil(height / 2) });

    const grey = sharp(bytes).removeAlpha().toColourspace('b-w');
    const opaque = sharp(bytes)
      .removeAlpha()
      .joinChannel(await grey.clone().raw().toBuffer(), { raw: { width, height, channels: 1 } });
    for (const label of [grey, opaque]) {
      await label.png().toFile(join(labels, 'a.png'));
      const { dress } = await truthOf({ labels, classes: 'masks', around: 'black' }, 'a', photo);
      expect(dress.reduce((sum, value) => sum + value, 0)).toBe(20 * 30);
      expect(dress.every((value, i) => value === (photo.rgb[3 * i]! > 127 ? 1 : 0))).toBe(true);
    }
  });

  it('is surrounded by what was asked for', async () => {
    const bytes = await picture(64, 96);
    const corners = await Promise.all(
      AROUND.map(async (around) => {
        const { photo } = await decode(await padded(bytes, around));
        return [photo.rgb[0]!, photo.rgb[photo.rgb.length - 1]!];
      }),
    );
    const [white, black, blurred] = corners;
    expect([white, black]).toEqual([
      [255, 255],
      [0, 0],
    ]);
    // The photo enlarged: its white corner above, its black one below.
    expect(blurred![0]).toBeGreaterThan(150);
    expect(blurred![1]).toBeLessThan(20);
  });

  it('refuses what the pipeline refuses, in its words', async () => {
    await expect(padded(Buffer.from('no photo'), 'white')).rejects.toMatchObject({ code: 'unsupported-format' });
  });
});
