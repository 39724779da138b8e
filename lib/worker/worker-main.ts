import { Socket } from 'node:net';
import type { EngineSettings } from '../engine';
import { jobsHere } from '../jobs-here';
import { answerFrames } from '../processes/answer';
import { startWatchdog } from '../processes/watchdog';
import { MAX_WORKER_BYTES, SIGNAL_OF_MEMORY } from './limits';
import { doJob, type JobFrame } from './remote-jobs';

// The process that `worker-process.ts` starts: jobs in at stdin, answers out at a pipe of their own, one at a time.

const jobs = jobsHere(JSON.parse(process.argv[2] ?? '') as EngineSettings);
answerFrames(
  ({ json, data }) => doJob(jobs, json as JobFrame, data),
  new Socket({ fd: 3, readable: false, writable: true }),
  startWatchdog({ memory: { bytes: MAX_WORKER_BYTES, signal: SIGNAL_OF_MEMORY } }),
);
