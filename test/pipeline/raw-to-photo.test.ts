import sharp from 'sharp';
import { rawToPhoto } from '../../lib/pipeline/raw-to-photo';
import { type RawPixels, tiff } from '../../lib/pipeline/tiff';
import { DISPLAY_P3, profileWith } from '../helpers/profiles';

/** Colours that change from row to row, in rows with something behind them. */
function pixels(channels: 3 | 4, icc: Uint8Array | null): RawPixels {
  const [width, height] = [37, 1100];
  const stride = channels * width + 5;
  const data = Uint8Array.from({ length: stride * height }, (_, i) => (i * 73 + (i >> 7)) & 255);
  return { width, height, channels, stride, data, icc };
}

/** All rows at once, by sharp. */
const atOnce = (raw: RawPixels) => sharp(tiff(raw)).flatten({ background: '#fff' }).raw().toBuffer();

test.each([
  ['as they are', 3, false],
  ['by their profile', 3, true],
  ['over white', 4, false],
  ['over white, by their profile', 4, true],
] as const)('some rows at a time give the same as all: %s', async (_, channels, profiled) => {
  const raw = pixels(channels, profiled ? await profileWith(DISPLAY_P3) : null);
  const photo = await rawToPhoto(raw);
  expect(photo).toMatchObject({ kind: 'photo', width: 37, height: 1100 });
  expect(Buffer.from(photo.rgb).equals(await atOnce(raw))).toBe(true);
});
