import { DresscutError } from '../../lib/errors';
import { createConsume, type Journal } from '../../lib/uploads/consume';
import type { Settle } from '../../lib/uploads/settle';

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
const settle: Settle = async ({ key }) => {
  if (key.includes('bad')) throw new DresscutError('internal', 'the store is away');
  return { kind: 'done', receipt: null };
};

function journalled(work: Settle = settle) {
  const lines: string[] = [];
  const journal: Journal = {
    settled: ({ arrival, outcome }) => lines.push(`${arrival.key} ${outcome}`),
    faulted: ({ arrival, error, last }) =>
      lines.push(`${arrival.key} ${error.message}${last ? ', the last time' : ''}`),
    handedBack: ({ messages }) => lines.push(`${messages} handed back`),
    foreign: ({ why }) => lines.push(why),
  };
  return { lines, consume: createConsume({ settle: work, journal, maxReceives: 5 }) };
}

test('one that fails comes again, alone; its neighbours are done', async () => {
  const { consume, lines } = journalled();
  const answer = await consume(sqs(['a', 'bad', 'c']), FOREVER);
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'bad' }] });
  expect(lines).toEqual(['a done', 'bad the store is away', 'c done']);
});

test('the last delivery fails like the others, and the reason is written down', async () => {
  const { consume, lines } = journalled();
  expect((await consume(sqs(['bad'], 5), FOREVER)).batchItemFailures).toHaveLength(1);
  expect(lines).toEqual(['bad the store is away, the last time']);
});

test('foreign messages and the test of S3 are done with', async () => {
  const { consume, lines } = journalled();
  const foreign = { eventSource: 'aws:sqs', messageId: 'x', body: 'hello' };
  expect(await consume({ Records: [foreign] }, FOREVER)).toEqual({ batchItemFailures: [] });
  expect(await consume({ Event: 's3:TestEvent' }, FOREVER)).toEqual({ batchItemFailures: [] });
  expect(lines).toEqual(['this is no event of S3']);
});

test('what cannot be finished in the time that is left is handed back untouched', async () => {
  let left = 14_000;
  const slow: Settle = async (arrival) => {
    left -= 13_000;
    return settle(arrival);
  };
  const { consume, lines } = journalled(slow);
  const { batchItemFailures } = await consume(sqs(['a', 'b', 'c']), () => left);
  expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['b', 'c']);
  expect(lines).toEqual(['a done', '2 handed back']);
});

test('one photo that took half an invocation does not keep the next ones from being tried', async () => {
  const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
  const { consume, lines } = journalled(async (arrival) => {
    clock.mockReturnValue(arrival.key === 'slow' ? 60_000 : performance.now());
    return settle(arrival);
  });
  await consume(sqs(['slow']), () => 119_900);
  await consume(sqs(['next']), () => 119_900);
  clock.mockRestore();
  expect(lines).toEqual(['slow done', 'next done']);
});

test('when S3 itself calls, a fault fails the call, after every photo had its turn', async () => {
  const { consume, lines } = journalled();
  const event = { Records: ['bad', 'b'].map(record) };
  await expect(consume(event, FOREVER)).rejects.toThrow('the store is away');
  expect(lines).toEqual(['bad the store is away', 'b done']);
  await expect(consume(event, () => 100)).rejects.toThrow('the time of this invocation is used up');
});
