import { DISPLAY_P3, profileWith } from './profiles';

const COUNT_AT = 128;
const TABLE_AT = COUNT_AT + 4;
const TAG_BYTES = 12;
/** Of one APP2 segment, behind the name of its content and two numbers. */
const SEGMENT_BYTES = 65_519;

const numbers = (...values: readonly number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
  return bytes;
};
const named = (type: string, ...rest: readonly Uint8Array[]) =>
  Buffer.concat([Buffer.from(`${type}\0\0\0\0`, 'latin1'), ...rest]);
const THREE_TO_THREE = numbers(0x00030003);
const ONE = 0x3f800000;

/** Three curves that change nothing, each of two formulas. */
function curves(): Buffer {
  const formula = named('parf', numbers(0, ONE, ONE, 0, 0));
  const curve = named('curf', numbers(0x00020000, 0), formula, formula);
  const at = 12 + 3 * 8;
  return named('cvst', THREE_TO_THREE, ...Array(3).fill(numbers(at, curve.length)), curve);
}

/** A profile of so many steps, all of which are one and the same (ICC.1:2022, 10.16). */
export async function longProfile(steps: number): Promise<Buffer> {
  const base = await profileWith(DISPLAY_P3);
  const count = base.readUInt32BE(COUNT_AT);
  const step = curves();
  const list = numbers(...Array.from({ length: steps }, () => [16 + 8 * steps, step.length]).flat());
  const elements = named('mpet', THREE_TO_THREE, numbers(steps), list, step);
  const tags = Buffer.from(base.subarray(TABLE_AT, TABLE_AT + TAG_BYTES * count));
  for (let at = 4; at < tags.length; at += TAG_BYTES) tags.writeUInt32BE(tags.readUInt32BE(at) + TAG_BYTES, at);
  const profile = Buffer.concat([
    base.subarray(0, COUNT_AT),
    numbers(count + 1),
    tags,
    Buffer.from('D2B0'),
    numbers(base.length + TAG_BYTES, elements.length),
    base.subarray(TABLE_AT + tags.length),
    elements,
  ]);
  profile.writeUInt32BE(profile.length, 0);
  return profile;
}

/** A JPEG with this profile attached, in as many segments as it takes. */
export function jpegWithProfile(jpeg: Buffer, profile: Buffer): Buffer {
  const count = Math.ceil(profile.length / SEGMENT_BYTES);
  const segments = Array.from({ length: count }, (_, i) => {
    const part = profile.subarray(i * SEGMENT_BYTES, (i + 1) * SEGMENT_BYTES);
    const head = Buffer.from(`\xff\xe2\0\0ICC_PROFILE\0${String.fromCharCode(i + 1, count)}`, 'latin1');
    head.writeUInt16BE(head.length - 2 + part.length, 2);
    return Buffer.concat([head, part]);
  });
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}
