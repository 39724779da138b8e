import { DresscutError } from '../errors';
import type { PhotoFormat } from './formats';

/** Steps of a profile's elements, all together; real ones have fewer than ten. */
const MAX_STEPS = 100;
/** In a profile: how many tags there are, behind its header (ICC.1:2022, 7.3). */
const COUNT_AT = 128;
const TAG_BYTES = 12;
/** Of a `multiProcessElementsType` (10.16): how many steps it has. */
const STEPS_AT = 12;

/**
 * Refuses a colour profile that is a long calculation: each step is taken for some 36,000 colours, or for every pixel,
 * and half a megabyte can name one step sixty thousand times.
 *
 * @param profile an ICC profile, whole or not
 * @throws DresscutError `too-complex`
 */
export function checkProfile(profile: Uint8Array, format: PhotoFormat): void {
  const steps = stepsOf(Buffer.from(profile.buffer, profile.byteOffset, profile.byteLength));
  if (steps <= MAX_STEPS) return;
  throw new DresscutError(
    'too-complex',
    `The colour profile of the photo has ${steps} steps; the limit is ${MAX_STEPS}. Save it as sRGB.`,
    { facts: { format, steps, maxSteps: MAX_STEPS } },
  );
}

function stepsOf(profile: Buffer): number {
  let steps = 0;
  const count = profile.length < COUNT_AT + 4 ? 0 : profile.readUInt32BE(COUNT_AT);
  for (let i = 0, at = COUNT_AT + 4; i < count && at + TAG_BYTES <= profile.length; i++, at += TAG_BYTES) {
    const start = profile.readUInt32BE(at + 4);
    if (start + STEPS_AT + 4 > profile.length || profile.toString('latin1', start, start + 4) !== 'mpet') continue;
    steps += profile.readUInt32BE(start + STEPS_AT);
  }
  return steps;
}
