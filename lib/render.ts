import { chosenMatte } from './chosen-matte';
import type { Found } from './find';
import type { CutOutOptions } from './options';
import { alignBox } from './pipeline/box';
import { compose, cropMatte, frameOf, overlay } from './pipeline/compose';
import { type Encoded, encode, encodeMask, encodePhoto } from './pipeline/encode';
import { BLOCK } from './pipeline/hidden-colours';
import { giveBack } from './pipeline/scratch';
import { stopwatch, type Timed } from './stopwatch';

/** How a picture of what was found looks. */
export type RenderOptions = Pick<
  CutOutOptions,
  'output' | 'format' | 'crop' | 'margin' | 'background' | 'size' | 'which'
>;

/**
 * One picture of what was found in a photo, as an image file. The same in, the same bytes out.
 *
 * @param timed told how long composing and encoding took
 * @throws DresscutError `no-dress` where there is no matte, or no dress of this number; `invalid-option` where the format cannot hold the picture
 */
export async function render(found: Found, options: RenderOptions, timed: Timed = stopwatch().timed): Promise<Encoded> {
  const { photo } = found;
  const matte = chosenMatte(found, options.which);
  const frame = frameOf(matte, options);
  if (options.output === 'mask') return timed('encode', () => encodeMask(cropMatte(matte, frame), options));
  if (options.output === 'overlay') {
    const picture = await timed('compose', () => overlay(photo, matte, frame));
    return timed('encode', () => encodePhoto(picture, options));
  }
  // What is beside the dress is blank, and needs no pixels of its own but for those in the blocks of a WebP.
  const part = matte.box === null ? frame : alignBox(matte.box, frame, BLOCK);
  const picture = await timed('compose', () => compose(photo, matte, part, options.background));
  const { width, height } = frame;
  const place = { width, height, left: part.left - frame.left, top: part.top - frame.top, colour: options.background };
  return timed('encode', () => encode(picture, options, place)).finally(() => giveBack(picture.rgba));
}
