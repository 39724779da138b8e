import { BATCH_SIZE, createConsume } from '../../lib/uploads/consume';
import type { UploadObserver } from '../../lib/uploads/observer';
import { s3Event, sqsRecord } from '../helpers/events';

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

async function drain(keys: readonly string[], deadly: ReadonlySet<string>, batchSize: number) {
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

const KEYS = Array.from({ length: 10 }, (_, index) => `uploads/p${index}.jpg`);

test.each([
  ['the fourth', [3]],
  ['the first and the last', [0, 9]],
  ['all but one', [0, 1, 2, 3, 4, 5, 6, 7, 8]],
])('a photo that kills the process dies alone: %s', async (_, indices) => {
  const deadly = new Set(indices.map((index) => KEYS[index] ?? ''));
  const { cut, dead } = await drain(KEYS, deadly, BATCH_SIZE);
  expect(dead).toEqual(deadly);
  expect(cut).toEqual(new Set(KEYS.filter((key) => !deadly.has(key))));
});

test('ten at a time, as it would be by default, nine innocent ones would be dead letters', async () => {
  const { dead } = await drain(KEYS, new Set([KEYS[3] ?? '']), 10);
  expect(dead).toEqual(new Set(KEYS));
});
