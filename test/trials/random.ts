/** A whole number from 0 to below `most`. */
export type Random = (most: number) => number;

/** The same numbers for the same seed, on every machine (mulberry32, public domain). */
export function randomOf(seed: number): Random {
  let state = seed;
  return (most) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  };
}

/** A file with one to four damages: bytes changed, cut out, put twice, or the end lost. Half of them near its head. */
export function mutated(file: Buffer, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(file);
  for (let damages = 1 + random(4); damages > 0 && bytes.length > 1; damages--) {
    const at = random(random(2) === 0 ? Math.min(512, bytes.length) : bytes.length);
    const length = 1 + random(Math.min(64, bytes.length - at));
    const kind = random(5);
    if (kind === 0) bytes[at] = random(256);
    if (kind === 1) bytes.fill(random(2) * 255, at, at + length);
    if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    if (kind === 4 && random(4) === 0) bytes = Buffer.from(bytes.subarray(0, at));
  }
  return bytes;
}
