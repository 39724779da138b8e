import { Bits } from './bits';
import { Cursor } from './boxes';

/** Pixels of the largest picture that a stream announces, 0 where it announces none. */
type Pixels = number;

const HEVC_SPS = 33;
const AV1_SEQUENCE_HEADER = 1;
/** A picture has a handful of units; beyond this many, what it says no longer matters: decoding has a limit, too. */
const MAX_UNITS = 10_000;

/**
 * How large the pictures are that a HEVC decoder will make, by the sequence parameter sets (ITU-T H.265, 7.3.2.2)
 * in the configuration box and between the picture's own data: the size in `ispe` may lie.
 *
 * @param config content of `hvcC`
 * @param coded the item's data
 */
export function hevcPixels(config: Buffer, coded: Buffer): Pixels {
  const cursor = new Cursor(config, 21, config.length);
  const lengthBytes = (cursor.number(1) & 3) + 1;
  let largest = 0;
  const see = (unit: Uint8Array) => {
    if (((unit[0] ?? 0) >> 1) % 64 === HEVC_SPS) largest = Math.max(largest, spsPixels(unit));
  };
  for (let arrays = cursor.number(1); arrays > 0; arrays--) {
    cursor.number(1);
    for (let units = cursor.number(2); units > 0; units--) see(bytesOf(config, cursor, cursor.number(2)));
  }
  const units = new Cursor(coded, 0, coded.length);
  for (let i = 0; i < MAX_UNITS && units.at + lengthBytes < coded.length; i++)
    see(bytesOf(coded, units, units.number(lengthBytes)));
  return largest;
}

function spsPixels(unit: Uint8Array): Pixels {
  const bits = new Bits(withoutEmulation(unit.subarray(2)));
  bits.skip(4);
  const subLayers = bits.number(3);
  bits.skip(1 + 88 + 8);
  let present = 0;
  for (let i = 0; i < subLayers; i++) present += 88 * bits.number(1) + 8 * bits.number(1);
  if (subLayers > 0) bits.skip(2 * (8 - subLayers));
  bits.skip(present);
  bits.golomb();
  if (bits.golomb() === 3) bits.skip(1);
  const width = bits.golomb();
  return width * bits.golomb();
}

/** The start of a unit without the bytes that keep start codes from appearing in it. */
function withoutEmulation(unit: Uint8Array): Uint8Array {
  const head = unit.subarray(0, 256);
  return head.filter((byte, i) => !(byte === 3 && head[i - 1] === 0 && head[i - 2] === 0));
}

/**
 * The same for AV1: by the sequence headers (AV1 specification, 5.5.1) among the item's open bitstream units.
 * @param coded the item's data
 */
export function av1Pixels(coded: Buffer): Pixels {
  const cursor = new Cursor(coded, 0, coded.length);
  let largest = 0;
  for (let i = 0; i < MAX_UNITS && cursor.at < coded.length; i++) {
    const header = cursor.number(1);
    if (header & 4) cursor.number(1);
    const length = header & 2 ? leb128(cursor) : coded.length - cursor.at;
    const unit = bytesOf(coded, cursor, length);
    if (((header >> 3) & 15) === AV1_SEQUENCE_HEADER) largest = Math.max(largest, sequencePixels(unit));
  }
  return largest;
}

function sequencePixels(unit: Uint8Array): Pixels {
  const bits = new Bits(unit);
  bits.skip(4);
  if (bits.number(1) === 1) bits.skip(5);
  else skipOperatingPoints(bits);
  const widthBits = bits.number(4) + 1;
  const heightBits = bits.number(4) + 1;
  const width = bits.number(widthBits) + 1;
  return width * (bits.number(heightBits) + 1);
}

function skipOperatingPoints(bits: Bits): void {
  let delayBits = 0;
  if (bits.number(1) === 1) {
    bits.skip(64);
    if (bits.number(1) === 1) bits.golomb();
    if (bits.number(1) === 1) {
      delayBits = bits.number(5) + 1;
      bits.skip(42);
    }
  }
  const displayDelay = bits.number(1) === 1;
  for (let points = bits.number(5); points >= 0; points--) {
    bits.skip(12);
    if (bits.number(5) > 7) bits.skip(1);
    if (delayBits > 0 && bits.number(1) === 1) bits.skip(2 * delayBits + 1);
    if (displayDelay && bits.number(1) === 1) bits.skip(4);
  }
}

/** A length in groups of seven bits, the lowest first. */
function leb128(cursor: Cursor): number {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = cursor.number(1);
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return value;
  }
  throw new RangeError('no such length');
}

function bytesOf(file: Buffer, cursor: Cursor, length: number): Buffer {
  const start = cursor.at;
  cursor.at = Math.min(cursor.end, start + length);
  return file.subarray(start, cursor.at);
}
