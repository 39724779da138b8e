import type { EngineSettings } from '../engine';
import { jobsHere } from '../jobs-here';
import { answerAsWorker } from './answer-as-worker';
import { doJob, type JobFrame } from './remote-jobs';

// The process that `remote-jobs.ts` starts.

const jobs = jobsHere(JSON.parse(process.argv[2] ?? '') as EngineSettings);
answerAsWorker(({ json, data }) => doJob(jobs, json as JobFrame, data));
