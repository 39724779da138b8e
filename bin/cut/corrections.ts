import { join } from 'node:path';
import { correctionNames, drawCorrection } from '../../lib/correction';
import type { CutOutResult } from '../../lib/cut-out';
import { DresscutError, messageOf } from '../../lib/errors';
import { writeWhole } from '../files';
import type { CutRequest } from './arguments';

/**
 * Keeps what strokes have corrected, for training, where that was asked for. Named after the photo's bytes, so that a
 * better correction of the same photo replaces the earlier one.
 *
 * @throws DresscutError `internal` when it cannot be written
 */
export async function keepCorrection(
  { keepCorrections: folder, options }: Pick<CutRequest, 'keepCorrections' | 'options'>,
  photo: Uint8Array,
  result: CutOutResult,
): Promise<void> {
  if (folder === null || options.strokes.length === 0) return;
  const correction = await drawCorrection(result);
  if (correction === null) return;
  const names = correctionNames(photo);
  try {
    // The original last: training looks for the two others wherever it finds one.
    for (const part of ['body', 'dress', 'original'] as const) {
      await writeWhole(join(folder, names[part]), correction[part].bytes);
    }
  } catch (cause) {
    throw new DresscutError('internal', `The correction cannot be kept: ${messageOf(cause)}.`, { cause });
  }
}
