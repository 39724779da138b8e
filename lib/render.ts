import type { Found } from './find';
import { noDress } from './findings';
import type { CutOutOptions } from './options';
import { compose, cropMatte, frameOf, overlay } from './pipeline/compose';
import { type Encoded, encode, encodeMask } from './pipeline/encode';
import { stopwatch, type Timed } from './stopwatch';

/** How a picture of what was found looks. */
export type RenderOptions = Pick<CutOutOptions, 'output' | 'format' | 'crop' | 'margin' | 'background' | 'size'>;

/**
 * One picture of what was found in a photo, as an image file. The same in, the same bytes out.
 *
 * @param timed told how long composing and encoding took
 * @throws DresscutError `no-dress` where there is no matte; `invalid-option` where the format cannot hold the picture
 */
export async function render(
  { photo, matte, findings }: Found,
  options: RenderOptions,
  timed: Timed = stopwatch().timed,
): Promise<Encoded> {
  if (matte === null) throw noDress(findings, 'auto', 'There is no dress to render: the verdict is no_dress.');
  const frame = frameOf(matte, options);
  if (options.output === 'mask') return timed('encode', () => encodeMask(cropMatte(matte, frame), options));
  const picture = await timed('compose', () =>
    options.output === 'overlay' ? overlay(photo, matte, frame) : compose(photo, matte, frame, options.background),
  );
  return timed('encode', () => encode(picture, options));
}
