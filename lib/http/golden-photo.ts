import { readAsset } from '../assets';

/** `test/fixtures/dress.jpg` as a JPEG of 85 x 128 pixels: a photo whose answer is known, for checks and examples. */
export function goldenPhoto(): Buffer {
  return readAsset('http/golden.jpg');
}
