import { DresscutError } from '../../lib/errors';
import { createConsume, type UploadObserver } from '../../lib/uploads/consume';
import type { ProcessUpload } from '../../lib/uploads/process-upload';

const record = (key: string) => ({
  eventSource: 'aws:s3',
  eventName: 'ObjectCreated:Put',
  s3: { bucket: { name: 'photos' }, object: { key } },
});
const sqs = (keys: readonly string[], receives = 1) => ({
  Records: keys.map((key) => ({
    eventSource: 'aws:sqs',
    messageId: key,
    body: JSON.stringify({ Records: [record(key)] }),
    attributes: { ApproximateReceiveCount: String(receives) },
  })),
});
const FOREVER = () => Number.POSITIVE_INFINITY;

/** Keys that hold "bad" fail as a store does. */
const processUpload: ProcessUpload = async ({ key }) => {
  if (key.includes('bad')) throw new DresscutError('internal', 'the store is away');
  return { kind: 'done', receipt: null };
};

function observed(work: ProcessUpload = processUpload) {
  const lines: string[] = [];
  const observer: UploadObserver = {
    processed: ({ upload, outcome }) => lines.push(`${upload.key} ${outcome}`),
    failed: ({ upload, error, last }) => lines.push(`${upload.key} ${error.message}${last ? ', the last time' : ''}`),
    returned: ({ messages }) => lines.push(`${messages} returned`),
    unrecognised: ({ why }) => lines.push(why),
  };
  return { lines, consume: createConsume({ processUpload: work, observer, maxReceives: 5 }) };
}

test('one that fails comes again, alone; its neighbours are done', async () => {
  const { consume, lines } = observed();
  const answer = await consume(sqs(['a', 'bad', 'c']), FOREVER);
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'bad' }] });
  expect(lines).toEqual(['a done', 'bad the store is away', 'c done']);
});

test('the last delivery fails like the others, and the reason is written down', async () => {
  const { consume, lines } = observed();
  expect((await consume(sqs(['bad'], 5), FOREVER)).batchItemFailures).toHaveLength(1);
  expect(lines).toEqual(['bad the store is away, the last time']);
});

test('foreign messages and the test of S3 are done with', async () => {
  const { consume, lines } = observed();
  const foreign = { eventSource: 'aws:sqs', messageId: 'x', body: 'hello' };
  expect(await consume({ Records: [foreign] }, FOREVER)).toEqual({ batchItemFailures: [] });
  expect(await consume({ Event: 's3:TestEvent' }, FOREVER)).toEqual({ batchItemFailures: [] });
  expect(lines).toEqual(['this is no event of S3']);
});

test('what cannot be finished in the time that is left is returned untouched', async () => {
  let left = 14_000;
  const slow: ProcessUpload = async (upload) => {
    left -= 13_000;
    return processUpload(upload);
  };
  const { consume, lines } = observed(slow);
  const { batchItemFailures } = await consume(sqs(['a', 'b', 'c']), () => left);
  expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['b', 'c']);
  expect(lines).toEqual(['a done', '2 returned']);
});

test('one photo that took half an invocation does not keep the next ones from being tried', async () => {
  const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
  const { consume, lines } = observed(async (upload) => {
    clock.mockReturnValue(upload.key === 'slow' ? 60_000 : performance.now());
    return processUpload(upload);
  });
  await consume(sqs(['slow']), () => 119_900);
  await consume(sqs(['next']), () => 119_900);
  clock.mockRestore();
  expect(lines).toEqual(['slow done', 'next done']);
});

test('when S3 itself calls, a fault fails the call, after every photo had its turn', async () => {
  const { consume, lines } = observed();
  const event = { Records: ['bad', 'b'].map(record) };
  await expect(consume(event, FOREVER)).rejects.toThrow('the store is away');
  expect(lines).toEqual(['bad the store is away', 'b done']);
  await expect(consume(event, () => 100)).rejects.toThrow('the time of this invocation is used up');
});
