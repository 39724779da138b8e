import { join } from 'node:path';
import type { EngineSettings } from '../engine';
import type { Jobs } from '../http/jobs/jobs';
import type { ModelInfo } from '../ports';
import type { Answered } from '../processes/answer';
import { createPool } from './pool';
import { startWorker, type WorkerProcess } from './worker-process';

/** Jobs that other processes do; this one only passes files on. */
export interface RemoteJobs extends Jobs {
  /** Ends the workers, whatever they do. Later jobs fail. */
  readonly close: () => void;
}

/** What a worker is told of a job, beside the photo. */
export interface JobFrame {
  readonly name: 'load' | 'findings' | 'cutout' | 'removebg';
  readonly asked: unknown;
}

const WORKER = join(__dirname, 'worker-main');
const NOTHING = new Uint8Array(0);

/**
 * @param size workers at most, each started when it is needed; further jobs wait for their turn
 */
export function remoteJobs({ models, segmenter, threads }: EngineSettings, size: number): RemoteJobs {
  const infos = new WeakMap<WorkerProcess, ModelInfo>();
  const loaded = async (worker: WorkerProcess): Promise<ModelInfo> => {
    const known = infos.get(worker);
    if (known !== undefined) return known;
    const model = (await worker.ask({ name: 'load', asked: null }, NOTHING)).json as ModelInfo;
    infos.set(worker, model);
    return model;
  };
  const start = (onEnd: () => void) => startWorker(WORKER, { models, segmenter, threads }, onEnd);
  const pool = createPool({ size, start, warm: loaded });

  const job =
    <Asked, Answer>(name: JobFrame['name']) =>
    (photo: Uint8Array, asked: Asked, signal?: AbortSignal): Promise<Answer> =>
      pool.use(async (worker) => {
        const { json, data } = await worker.ask({ name, asked }, photo, signal);
        return { ...(json as object), body: data } as Answer;
      });

  return {
    load: async () => {
      const known = pool
        .all()
        .map((worker) => infos.get(worker))
        .find(Boolean);
      return known ?? pool.use(loaded);
    },
    findings: job('findings'),
    cutout: job('cutout'),
    removebg: job('removebg'),
    restarts: pool.ends,
    close: pool.close,
  };
}

/** The worker's side of the same. @throws DresscutError that the job throws */
export async function doJob(jobs: Jobs, { name, asked }: JobFrame, photo: Uint8Array): Promise<Answered> {
  if (name === 'load') return { json: await jobs.load(), data: NOTHING };
  const { body = NOTHING, ...json } = (await jobs[name](photo, asked as never)) as { readonly body?: Uint8Array };
  return { json, data: body };
}
