import { answerFrames } from '../processes/answer';
import { startWatchdog } from '../processes/watchdog';
import { guardSharp } from './codec';
import { decodeFile } from './decode-file';
import { SIGNAL_OF_MEMORY, SIGNAL_OF_TIME } from './decoder-signals';
import type { PhotoFormat } from './formats';
import { MAX_DECODE_BYTES, MAX_DECODE_SECONDS } from './limits';

// The process that `decoder-process.ts` starts: photos in at stdin, pixels or an error out at stdout, one at a time.

guardSharp();
const watch = startWatchdog({
  time: { seconds: MAX_DECODE_SECONDS, signal: SIGNAL_OF_TIME },
  memory: { bytes: MAX_DECODE_BYTES, signal: SIGNAL_OF_MEMORY },
});
answerFrames(
  async ({ json, data }) => {
    const { format } = json as { format: PhotoFormat };
    const { width, height, rgb } = await decodeFile(data, format);
    return { json: { width, height }, data: rgb };
  },
  process.stdout,
  watch,
);
