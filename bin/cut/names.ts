import { createHash } from 'node:crypto';

/** Most bytes that a file's name may have on the disks in use today: ext4, APFS, NTFS and their like. */
const MAX_NAME_BYTES = 255;
/** Hex digits that tell apart names of which only the beginning is left. */
const DIGEST_DIGITS = 12;

/**
 * A result's file name: the photo's, with another ending. One that no disk would take is cut, and ends in a digest of
 * the whole, so that two long names stay two, and the same in every run.
 *
 * @param stem the name without its last ending, or with it where photos differ in nothing else
 * @param ending without a dot
 */
export function resultName(stem: string, ending: string): string {
  const whole = `${stem}.${ending}`;
  if (Buffer.byteLength(whole) <= MAX_NAME_BYTES) return whole;
  const digest = createHash('sha256').update(stem).digest('hex').slice(0, DIGEST_DIGITS);
  const room = MAX_NAME_BYTES - Buffer.byteLength(`~${digest}.${ending}`);
  return `${firstBytes(stem, room)}~${digest}.${ending}`;
}

/** As much of a text as fits into so many bytes of UTF-8, without half a character. */
function firstBytes(text: string, most: number): string {
  let kept = '';
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > most) break;
    kept += character;
  }
  return kept;
}
