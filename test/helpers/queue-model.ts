import { createConsume } from '../../lib/uploads/consume';
import type { UploadObserver } from '../../lib/uploads/observer';
import { s3Event, sqsRecord } from './events';

// A model of the queue around the real consume(): what is delivered together comes back together when the process
// dies (Lambda ends it where it stands, when memory or time run out), and after five deliveries is a dead letter.
const MAX_RECEIVES = 5;

const silent: UploadObserver = {
  processed: () => undefined,
  failed: () => undefined,
  returned: () => undefined,
  unrecognised: () => undefined,
  retryUnset: () => undefined,
  forgotten: () => undefined,
};

interface Delivered {
  readonly key: string;
  readonly receives: number;
}

/** One invocation: which of its messages the queue has to keep. */
async function invocation(batch: readonly Delivered[], deadly: ReadonlySet<string>, cut: Set<string>) {
  let killed: () => void = () => undefined;
  const death = new Promise<'killed'>((resolve) => {
    killed = () => resolve('killed');
  });
  const consume = createConsume({
    maxReceives: MAX_RECEIVES,
    forgetUpload: async () => false,
    observer: silent,
    processUpload: async ({ key }) => {
      if (deadly.has(key)) {
        killed();
        return new Promise(() => undefined);
      }
      cut.add(key);
      return { kind: 'done', receipt: null };
    },
  });
  const Records = batch.map(({ key, receives }) => sqsRecord(key, s3Event({ key }), receives));
  const answer = await Promise.race([consume({ Records }, () => 100_000), death]);
  if (answer === 'killed') return batch;
  const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  return batch.filter(({ key }) => failed.has(key));
}

/**
 * Delivers until nothing is left.
 *
 * @param deadly keys whose photos kill the process
 * @param batchSize messages that are delivered together
 * @returns keys that were cut, and keys whose messages became dead letters
 */
export async function drain(keys: readonly string[], deadly: ReadonlySet<string>, batchSize: number) {
  const queue: Delivered[] = keys.map((key) => ({ key, receives: 0 }));
  const [cut, dead] = [new Set<string>(), new Set<string>()];
  while (queue.length > 0) {
    const batch = queue.splice(0, batchSize).map(({ key, receives }) => ({ key, receives: receives + 1 }));
    for (const kept of await invocation(batch, deadly, cut)) {
      if (kept.receives >= MAX_RECEIVES) dead.add(kept.key);
      else queue.push(kept);
    }
  }
  return { cut, dead };
}
