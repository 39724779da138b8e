import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { halves, iou, overlap } from '../bench/scores';
import { createApp } from '../lib/app';
import { createFind, type Found } from '../lib/find';
import { configUnderTest } from './helpers/config-under-test';

/** A photo as a phone leaves it that lost its orientation: turned, and no EXIF says so. */
describe.each([90, 180, 270] as const)('a photo turned by %d degrees', (degrees) => {
  const { segmenter } = createApp({ ...configUnderTest(), threads: 1 });
  const find = createFind({ segmenter });
  const asked = { mode: 'default', expect: 'dress' } as const;
  let upright: Found;
  let turned: Found;

  beforeAll(async () => {
    const photo = await readFile(join(__dirname, 'fixtures', 'dress.jpg'));
    upright = await find(photo, asked);
    turned = await find(await sharp(photo).rotate(degrees).png().toBuffer(), asked);
  }, 60_000);

  it('is known for what it is, and the upright one, too', () => {
    expect([upright.findings.turned, turned.findings.turned]).toEqual([0, degrees]);
  });

  it('is answered in its own frame, with the same dress', async () => {
    const { photo, matte } = turned;
    expect([matte!.width, matte!.height]).toEqual([photo.width, photo.height]);
    const { width, height, alpha } = upright.matte!;
    const image = sharp(alpha, { raw: { width, height, channels: 1 } }).rotate(degrees);
    const expected = await image.toColourspace('b-w').raw().toBuffer();
    expect(iou(overlap(halves(matte!.alpha), halves(expected)))).toBeGreaterThan(0.97);
    expect(turned.findings.presence).toBeCloseTo(upright.findings.presence, 1);
  });
});
