import type { CutOutResult } from '../cut-out';
import { render } from '../render';
import { pictureKeys } from './keys';
import type { ResultFile } from './results';
import type { UploadOptions } from './upload-options';

/** The pictures that are asked for, and where they go; none without a dress. A mask is a PNG in the cut-out's frame. */
export async function drawPictures(
  key: string,
  result: CutOutResult,
  { options, masks }: UploadOptions,
): Promise<ResultFile[]> {
  const { image } = result;
  if (image === null) return [];
  const keys = pictureKeys(key, options.format);
  const cutout = { kind: 'cutout' as const, key: keys.cutout, picture: image };
  if (!masks) return [cutout];
  const mask = await render(result, { ...options, output: 'mask', format: 'png' });
  return [cutout, { kind: 'mask' as const, key: keys.mask, picture: mask }];
}
