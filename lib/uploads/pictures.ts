import type { CutOutResult } from '../cut-out';
import type { CutOutOptions } from '../options';
import type { Matte } from '../raster';
import { pictureKeys } from './keys';
import type { Picture, ResultFile } from './results';
import type { UploadOptions } from './upload-options';

/** The matte as a PNG in the frame of the cut-out. */
export type DrawMask = (matte: Matte, options: CutOutOptions) => Promise<Picture>;

/** The pictures that are asked for, and where they go; none without a dress. */
export async function drawPictures(
  key: string,
  { image, matte }: CutOutResult,
  { options, masks }: UploadOptions,
  drawMask: DrawMask,
): Promise<ResultFile[]> {
  if (image === null || matte === null) return [];
  const keys = pictureKeys(key, options.format);
  const cutout = { kind: 'cutout' as const, key: keys.cutout, picture: image };
  if (!masks) return [cutout];
  return [cutout, { kind: 'mask' as const, key: keys.mask, picture: await drawMask(matte, options) }];
}
