import { Socket } from 'node:net';
import { letGarbageWait } from '../heap';
import { type Answered, answerFrames } from '../processes/answer';
import type { Frame } from '../processes/frames';
import { startWatchdog } from '../processes/watchdog';
import { MAX_WORKER_BYTES, SIGNAL_OF_MEMORY } from './limits';

/**
 * The other side of `startWorker`: jobs in at stdin, answers out at a pipe of their own, one at a time.
 *
 * @param work is given each job; what it throws is the answer
 */
export function answerAsWorker(work: (frame: Frame) => Promise<Answered>): void {
  letGarbageWait();
  answerFrames(
    work,
    new Socket({ fd: 3, readable: false, writable: true }),
    startWatchdog({ memory: { bytes: MAX_WORKER_BYTES, signal: SIGNAL_OF_MEMORY } }).watch,
  );
}
