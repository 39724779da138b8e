import { join } from 'node:path';
import type { SQSBatchResponse } from 'aws-lambda';
import type { Config } from '../lib/config';
import { messageOf } from '../lib/errors';
import { createPool } from '../lib/worker/pool';
import { startWorker, type WorkerProcess } from '../lib/worker/worker-process';
import type { Consumer } from './local-queue';

/** What came of a batch, and what there is to tell of it. */
export interface ConsumedFrame {
  readonly response: SQSBatchResponse;
  readonly said: readonly string[];
}

export interface RemoteUploads {
  /** @throws DresscutError where the process ended over the batch */
  readonly consume: Consumer;
  /** Ends the process, whatever it does. */
  readonly close: () => void;
}

const NOTHING = new Uint8Array(0);

/**
 * Uploads cut by a process of their own, as on AWS by a function of their own: whatever a photo does to it, the API and
 * the S3 server here go on, and the message comes again.
 *
 * @param say told of each upload
 */
export function remoteUploads(config: Config, say: (line: string) => void): RemoteUploads {
  const consumeBy = async (worker: WorkerProcess, event: Parameters<Consumer>[0]) =>
    (await worker.ask(event, NOTHING)).json as ConsumedFrame;
  const pool = createPool({
    size: 1,
    start: (onEnd) => startWorker(join(__dirname, 'uploads-main'), config, onEnd),
    warm: (worker) => consumeBy(worker, { Records: [] }),
  });
  return {
    consume: async (event) => {
      const { response, said } = await pool
        .use((worker) => consumeBy(worker, event))
        .catch((thrown: unknown) => {
          say(messageOf(thrown));
          throw thrown;
        });
      for (const line of said) say(line);
      return response;
    },
    close: pool.close,
  };
}
