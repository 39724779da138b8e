import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSEvent } from 'aws-lambda';
import { createLocalQueue, MAX_RECEIVES } from '../../bin/local-queue';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const passes = { batchItemFailures: [] };
const fails = { batchItemFailures: [{ itemIdentifier: 'it' }] };

test('one message after the other, in their order', async () => {
  const running: string[] = [];
  const queue = createLocalQueue(
    async ({ Records: [record] }) => {
      running.push(`${record?.body} begins`);
      await Promise.resolve();
      running.push(`${record?.body} ends`);
      return passes;
    },
    () => undefined,
  );
  queue.send('a');
  queue.send('b');
  await jest.advanceTimersByTimeAsync(1);
  expect(running).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

test('a message that fails, by answer or by throwing, comes again five times in all, and is then given up', async () => {
  const counts: string[] = [];
  const dead: string[] = [];
  const queue = createLocalQueue(
    async ({ Records: [record] }: SQSEvent) => {
      counts.push(record?.attributes.ApproximateReceiveCount ?? '');
      if (counts.length % 2 === 0) throw new Error('away');
      return fails;
    },
    (body) => dead.push(body),
  );
  queue.send('a');
  await jest.advanceTimersByTimeAsync(60_000);
  expect(counts).toEqual(['1', '2', '3', '4', '5'].slice(0, MAX_RECEIVES));
  expect(dead).toEqual(['a']);
});

test('closing waits for what is under way, and nothing comes after', async () => {
  jest.useRealTimers();
  const done: string[] = [];
  const queue = createLocalQueue(
    async ({ Records: [record] }) => {
      await sleep(20);
      done.push(record?.body ?? '');
      return fails;
    },
    () => undefined,
  );
  queue.send('a');
  queue.send('b');
  await sleep(5);
  await queue.close();
  expect(done).toEqual(['a']);
});
