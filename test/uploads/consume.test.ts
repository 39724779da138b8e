import { DresscutError } from '../../lib/errors';
import { createConsume, type RetryAfter } from '../../lib/uploads/consume';
import type { ForgetUpload } from '../../lib/uploads/forget-upload';
import type { UploadObserver } from '../../lib/uploads/observer';
import type { ProcessUpload } from '../../lib/uploads/process-upload';
import { S3_TEST_EVENT, s3Event, s3Record, snsEvent, sqsRecord } from '../helpers/events';

const sqs = (keys: readonly string[], receives = 1) => ({
  Records: keys.map((key) => sqsRecord(key, s3Event({ key }), receives)),
});
const FOREVER = () => Number.POSITIVE_INFINITY;

/** Keys that hold "bad" fail as a store does. */
const processUpload: ProcessUpload = async ({ key }) => {
  if (key.includes('bad')) throw new DresscutError('internal', 'the store is away');
  return { kind: 'done', receipt: null };
};

const forgetUpload: ForgetUpload = async ({ key }) => {
  if (key.includes('bad')) throw new DresscutError('internal', 'the catalogue is away');
  return !key.includes('unknown');
};

function observed(work: ProcessUpload = processUpload, retryAfter?: RetryAfter) {
  const lines: string[] = [];
  const observer: UploadObserver = {
    processed: ({ upload, outcome }) => lines.push(`${upload.key} ${outcome}`),
    failed: ({ upload, error, last }) => lines.push(`${upload.key} ${error.message}${last ? ', the last time' : ''}`),
    returned: ({ messages }) => lines.push(`${messages} returned`),
    unrecognised: ({ why, last }) => lines.push(`${why}${last ? ', the last time' : ''}`),
    retryUnset: ({ error }) => lines.push(error.message),
    forgotten: ({ upload }) => lines.push(`${upload.key} forgotten`),
  };
  return { lines, consume: createConsume({ processUpload: work, forgetUpload, observer, maxReceives: 5, retryAfter }) };
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

describe('a message that is not understood fails, so that the queue keeps it', () => {
  test('alone, beside others that are done', async () => {
    const { consume, lines } = observed();
    const event = { Records: [sqsRecord('x', 'hello', 5), ...sqs(['a']).Records] };
    expect(await consume(event, FOREVER)).toEqual({ batchItemFailures: [{ itemIdentifier: 'x' }] });
    expect(lines).toEqual(['this is no JSON, the last time', 'a done']);
  });

  test('with the photos that stand beside the odd record cut', async () => {
    const { consume, lines } = observed();
    const event = { Records: [s3Record({ key: 'a' }), { odd: true }, s3Record({ key: 'b' })] };
    const answer = await consume({ Records: [sqsRecord('x', event)] }, FOREVER);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'x' }] });
    expect(lines).toEqual(['this is no event of S3', 'a done', 'b done']);
  });

  test.each([{ hello: 1 }, snsEvent({ hello: 1 })])(
    'or fails the call when a service itself called: %j',
    async (event) => {
      const { consume } = observed();
      await expect(consume(event, FOREVER)).rejects.toThrow('not understood: this is no event of S3');
    },
  );
});

test('the test of S3 and calls that keep a function warm are done with', async () => {
  const { consume, lines } = observed();
  for (const event of [S3_TEST_EVENT, { Records: [sqsRecord('x', S3_TEST_EVENT)] }, { warmer: true }]) {
    expect(await consume(event, FOREVER)).toEqual({ batchItemFailures: [] });
  }
  expect(lines).toEqual([]);
});

describe('when a failed message comes again', () => {
  const asked: [string, number][] = [];
  const note: RetryAfter = async (receiptHandle, seconds) => void asked.push([receiptHandle, seconds]);
  beforeEach(() => asked.splice(0));

  test('soon, later each time, and at once to the dead letters', async () => {
    const { consume } = observed(undefined, note);
    for (let receives = 1; receives <= 5; receives += 1) await consume(sqs(['a', 'bad'], receives), FOREVER);
    expect(new Set(asked.map(([handle]) => handle))).toEqual(new Set(['handle of bad']));
    const [first = 0, second = 0, third = 0, fourth = 0, last] = asked.map(([, seconds]) => seconds);
    expect([first >= 8, first <= 12, second >= 24, second <= 36]).toEqual([true, true, true, true]);
    expect([third >= 72, third <= 108, fourth >= 216, fourth <= 324, last]).toEqual([true, true, true, true, 0]);
  });

  test('a message that is not understood, too', async () => {
    const { consume } = observed(undefined, note);
    await consume({ Records: [sqsRecord('x', 'hello')] }, FOREVER);
    expect(asked).toEqual([['handle of x', expect.any(Number)]]);
  });

  test('soon after the end of a function that is killed, whatever the queue would wait', async () => {
    let killed: () => void = () => undefined;
    const death = new Promise<void>((resolve) => {
      killed = resolve;
    });
    const deadly: ProcessUpload = () => {
      killed();
      return new Promise(() => undefined);
    };
    const { consume } = observed(deadly, note);
    void consume(sqs(['a']), () => 59_500);
    await death;
    expect(asked).toEqual([['handle of a', 70]]);
  });

  test('of two times that the queue is told, the one after the failure holds', async () => {
    const told: number[] = [];
    const first: RetryAfter = async (_, seconds) => {
      if (seconds > 60) await new Promise<void>((resolve) => setTimeout(resolve, 100));
      told.push(seconds);
    };
    const { consume } = observed(undefined, first);
    await consume(sqs(['bad']), () => 59_500);
    expect(told).toEqual([70, expect.any(Number)]);
    expect(told[1]).toBeLessThan(13);
  });

  test('a queue that cannot be told changes nothing else', async () => {
    const { consume, lines } = observed(undefined, () => Promise.reject(new Error('no queue')));
    expect((await consume(sqs(['bad', 'a']), FOREVER)).batchItemFailures).toHaveLength(1);
    expect(lines).toEqual(['bad the store is away', 'a done', 'no queue']);
  });
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
  const event = s3Event({ key: 'bad' }, { key: 'b' });
  await expect(consume(event, FOREVER)).rejects.toThrow('the store is away');
  expect(lines).toEqual(['bad the store is away', 'b done']);
  await expect(consume(event, () => 100)).rejects.toThrow('the time of this invocation is used up');
});

test('a removal is passed on, and comes again when it fails', async () => {
  const { consume, lines } = observed();
  const gone = (key: string) => ({ Records: [s3Record({ key }, 'ObjectRemoved:Delete')] });
  const Records = ['a', 'bad', 'unknown'].map((key) => sqsRecord(key, gone(key)));
  expect(await consume({ Records }, FOREVER)).toEqual({ batchItemFailures: [{ itemIdentifier: 'bad' }] });
  expect(lines).toEqual(['a forgotten', 'bad the catalogue is away']);
});
