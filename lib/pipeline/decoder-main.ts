import { answerFrames } from '../processes/answer';
import { startWatchdog } from '../processes/watchdog';
import { guardSharp, sharp } from './codec';
import { decodeFile } from './decode-file';
import { SIGNAL_OF_MEMORY, SIGNAL_OF_TIME } from './decoder-signals';
import type { PhotoFormat } from './formats';
import { MAX_DECODE_BYTES, MAX_DECODE_EXTRA, MAX_DECODE_SECONDS, MAX_PIXELS } from './limits';

// The process that `decoder-process.ts` starts: photos in at stdin, pixels or an error out at stdout, one at a time.

guardSharp();
const watchdog = startWatchdog({
  time: { seconds: MAX_DECODE_SECONDS, signal: SIGNAL_OF_TIME },
  memory: { bytes: MAX_DECODE_BYTES, signal: SIGNAL_OF_MEMORY },
});
answerFrames(
  async ({ json, data }) => {
    const { format } = json as { format: PhotoFormat };
    const { bytes, bytesPerPixel } = MAX_DECODE_EXTRA;
    // Of a GIF of many frames the header alone takes as much.
    watchdog.expect(bytes);
    watchdog.expect(bytes + bytesPerPixel * (await pixelCount(data)));
    const { width, height, rgb } = await decodeFile(data, format);
    return { json: { width, height }, data: rgb };
  },
  process.stdout,
  watchdog.watch,
);

/** As the header says; where it cannot be read, as many as a photo may have. */
async function pixelCount(file: Uint8Array): Promise<number> {
  const header = await sharp(file)
    .metadata()
    .catch(() => null);
  return header === null ? MAX_PIXELS : header.width * header.height;
}
