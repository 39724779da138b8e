import { decode } from '../../lib/pipeline/decode';
import { memoryFor } from '../helpers/memory-for';
import { pixel, quarters } from '../helpers/pictures';
import { webpOfCodes } from '../helpers/webp-of-codes';

test('a WebP with codes of its own for each block is decoded', async () => {
  const { photo, format } = await decode(webpOfCodes(64, 4));
  expect([format, photo.width, photo.height, pixel(photo, 50, 20)]).toEqual(['webp', 64, 64, [0, 0, 0]]);
});

test('65,536 of them take their memory in a process that can be ended', async () => {
  const usual = await memoryFor(await quarters().webp().toBuffer());
  expect(usual).toBeGreaterThan(0);
  expect(await memoryFor(webpOfCodes(1024, 2))).toBeLessThan(usual + 150);
});
