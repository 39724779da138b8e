import { BitSink } from '../../lib/pipeline/bit-sink';
import { prefixCode, writePrefixCode } from '../../lib/pipeline/prefix-code';

/** Of all codes, at most: their number has 16 bits. */
const MAX_GROUPS = 65_536;

const equal = (symbols: number, size: number) =>
  prefixCode(Uint32Array.from({ length: size }, (_, symbol) => (symbol < symbols ? 1 : 0)));

function chunk(name: string, content: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return Buffer.concat([Buffer.from(name, 'latin1'), length, content, Buffer.alloc(content.length & 1)]);
}

/**
 * A black WebP without loss whose every block has codes of its own (RFC 9649, 3.7.2.2): a decoder makes five tables
 * for each, 5 kB together, though they take less than three bytes of the file.
 *
 * @param side of the picture, in pixels
 * @param bits of the side of a block, in pixels: from 2 to 9
 */
export function webpOfCodes(side: number, bits: number): Buffer {
  const sink = new BitSink();
  sink.put(0x2f, 8);
  sink.put(side - 1, 14);
  sink.put(side - 1, 14);
  // Opaque, version 0, no transform, no colour cache, a picture of the blocks' codes.
  sink.put(0, 1 + 3 + 1 + 1);
  sink.put(1, 1);
  sink.put(bits - 2, 3);
  const blocks = Math.ceil(side / 2 ** bits) ** 2;
  sink.put(0, 1);
  const [low, high, none] = [equal(256, 280), equal(256, 256), equal(1, 40)];
  for (const code of [low, high, none, none, none]) writePrefixCode(sink, code);
  for (let block = 0; block < blocks; block++) {
    sink.put(low.words[block & 255] ?? 0, 8);
    sink.put(high.words[(block >> 8) & 255] ?? 0, 8);
  }
  for (let code = 0; code < 5 * Math.min(MAX_GROUPS, blocks); code++) writePrefixCode(sink, none);
  return chunk('RIFF', Buffer.concat([Buffer.from('WEBP'), chunk('VP8L', sink.finish())]));
}
